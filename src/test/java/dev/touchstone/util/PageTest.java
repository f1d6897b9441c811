package dev.touchstone.util;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PageTest {
    @Test
    void aLongTextEndsWithAnEllipsis() {
        assertThat(Page.shortened("Once upon", 9)).isEqualTo("Once upon");
        assertThat(Page.shortened("Once upon a", 9)).isEqualTo("Once upo…");
        assertThat(Page.shortened("Once", 1)).isEqualTo("…");
    }

    @Property
    void noCharacterIsCutInHalf(@ForAll String before, @ForAll @IntRange(min = 1, max = 40) int most) {
        String text = before.replaceAll("[\\ud800-\\udfff]", "") + "😀".repeat(20);

        String shortened = Page.shortened(text, most);

        assertThat(shortened.length()).isLessThanOrEqualTo(Math.max(most, 1));
        assertThat(shortened.codePoints()).noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
        assertThat(text).startsWith(shortened.replaceFirst("…$", ""));
    }
}
