package dev.touchstone.zoo;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** GPT-2's tokenizer passes its checks, and every tokenizer bug fails the check named for it. */
class TokenizerZooTest {
    @TestFactory
    Stream<DynamicTest> catchesEveryBug() {
        return new Cage<>("the tokenizer", TokenizerBugs.REAL, TokenizerChecks.ALL, TokenizerBugs.ALL).tests();
    }
}
