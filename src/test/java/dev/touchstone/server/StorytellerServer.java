package dev.touchstone.server;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The base of tests that use one server with default settings. */
abstract class StorytellerServer {
    static TestServer server;

    @BeforeAll
    static void open() {
        server = TestServer.of(Storyteller.MODEL);
    }

    @AfterAll
    static void close() {
        server.close();
    }
}
