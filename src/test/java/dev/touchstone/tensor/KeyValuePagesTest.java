package dev.touchstone.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyValuePagesTest {
    private static final int PAGE = KeyValuePages.POSITIONS;

    @ParameterizedTest
    @ValueSource(ints = {1, 20, 63, 64, 65, 200, Integer.MAX_VALUE})
    void noSequenceHasMorePagesThanStated(int window) {
        for (int step : new int[] {1, 7, 63, 64, 65, 100, 300}) {
            KeyValuePages pages = new KeyValuePages(new KeyValueShape(1, 1), window);
            Tensor rows = Tensor.zeros(step, 1);
            for (int length = step; length < 700; length += step) {
                int taken = pages.pagesToExtend(step);
                int before = pages.pages();

                pages.append(rows, rows, 0, step);

                assertThat(pages.pages()).isEqualTo(before + taken);
                assertThat(pages.pages()).isLessThanOrEqualTo(KeyValuePages.mostPages(window, length, step));
                pages.evict();
            }
        }
        assertThat(KeyValuePages.mostPages(window, 65, 300)).isLessThanOrEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 20, 64, 65, 66, 200, Integer.MAX_VALUE})
    void aSequenceBeginsWithThePagesOfAnother(int window) {
        CountingSource source = new CountingSource();
        KeyValuePages first = new KeyValuePages(new KeyValueShape(1, 1), window, source);
        Tensor rows = Tensor.zeros(150, 1);
        for (int i = 0; i < rows.size(); i++) {
            rows.data()[i] = i;
        }
        first.append(rows, rows, 0, 150);
        first.evict();
        List<KeyValuePage> whole = Arrays.asList(first.page(0), first.page(1));

        KeyValuePages second = new KeyValuePages(new KeyValueShape(1, 1), window, source);
        assertThat(second.canBeginWith(whole)).isTrue();
        second.beginWith(whole);
        second.append(rows, rows, 2 * PAGE, 150);

        for (int position = Math.max(0, 150 - Math.min(window, 150)); position < 150; position++) {
            assertThat(second.key(0, 0, position)).isEqualTo(position);
            assertThat(second.value(0, position, 0)).isEqualTo(position);
        }
        assertThat(source.users.size()).isGreaterThan(2);
        first.release();
        second.release();
        assertThat(source.users).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 20, 64, 65})
    void aSequenceCannotBeginWithoutAPageOfItsWindow(int window) {
        List<KeyValuePage> evicted = new ArrayList<>();
        evicted.add(null);
        evicted.add(null);

        assertThat(new KeyValuePages(new KeyValueShape(1, 1), window).canBeginWith(evicted))
                .isFalse();
        evicted.set(1, new KeyValuePage(new KeyValueShape(1, 1)));
        assertThat(new KeyValuePages(new KeyValueShape(1, 1), window).canBeginWith(evicted))
                .isEqualTo(window < 66);
        evicted.set(0, new KeyValuePage(new KeyValueShape(1, 1)));
        assertThat(new KeyValuePages(new KeyValueShape(1, 1), window).canBeginWith(evicted))
                .isTrue();
    }

    /** Has each page as often as it is used. */
    private static final class CountingSource implements PageSource {
        final List<KeyValuePage> users = new ArrayList<>();

        @Override
        public KeyValuePage take(KeyValueShape shape) {
            KeyValuePage page = new KeyValuePage(shape);
            users.add(page);
            return page;
        }

        @Override
        public void share(KeyValuePage page) {
            assertThat(users).contains(page);
            users.add(page);
        }

        @Override
        public void release(KeyValuePage page) {
            assertThat(users.remove(page)).isTrue();
        }
    }
}
