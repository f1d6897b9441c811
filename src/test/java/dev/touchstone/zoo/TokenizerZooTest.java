package dev.touchstone.zoo;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** GPT-2's tokenizer passes its checks, and each tokenizer bug is detected by its check. */
class TokenizerZooTest {
    @TestFactory
    Stream<DynamicTest> everyBugIsDetected() {
        return new BugSuite<>("the tokenizer", TokenizerBugs.REAL, TokenizerChecks.ALL, TokenizerBugs.ALL).tests();
    }
}
