package dev.touchstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.touchstone.util.TouchstoneException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.TerminalBuilder;

/** The input of a chat. */
interface ChatLines extends AutoCloseable {
    /** The width of a terminal that does not tell its own. */
    int USUAL_COLUMNS = 80;

    /** The next line; null at the end. */
    String read();

    /** The width of the lines of an answer; 0 if the output is not a terminal. */
    int columns();

    /** Sets the action of Ctrl-C while an answer is generated. */
    void onInterrupt(Runnable stop);

    @Override
    void close();

    static ChatLines of(Streams streams) {
        return streams.inIsTerminal() && streams.outIsTerminal() ? new OfTerminal() : new OfStream(streams);
    }

    /** Lines typed at a terminal, with editing and history. */
    final class OfTerminal implements ChatLines {
        private final Terminal terminal;
        private final LineReader reader;

        OfTerminal() {
            try {
                terminal = TerminalBuilder.builder().system(true).dumb(true).build();
            } catch (IOException e) {
                throw new TouchstoneException("the terminal cannot be used: " + e.getMessage(), e);
            }
            reader = LineReaderBuilder.builder()
                    .terminal(terminal)
                    .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true) // or ! would recall an old line
                    .build();
        }

        @Override
        public String read() {
            while (true) {
                try {
                    return reader.readLine("> ");
                } catch (UserInterruptException e) {
                    // Ctrl-C clears the line, as in a shell; Ctrl-D and /quit end the chat.
                } catch (EndOfFileException e) {
                    return null;
                }
            }
        }

        /** The width may change while the chat runs. */
        @Override
        public int columns() {
            return terminal.getWidth() > 0 ? terminal.getWidth() : USUAL_COLUMNS;
        }

        @Override
        public void onInterrupt(Runnable stop) {
            terminal.handle(Signal.INT, signal -> stop.run());
        }

        @Override
        public void close() {
            try {
                terminal.close();
            } catch (IOException e) {
                throw new TouchstoneException("the terminal cannot be closed: " + e.getMessage(), e);
            }
        }
    }

    /** Lines from a file or a program. */
    final class OfStream implements ChatLines {
        private final BufferedReader reader;
        private final int columns;

        OfStream(Streams streams) {
            columns = streams.outIsTerminal() ? USUAL_COLUMNS : 0;
            reader = new BufferedReader(new InputStreamReader(streams.in(), UTF_8));
        }

        @Override
        public String read() {
            try {
                return reader.readLine();
            } catch (IOException e) {
                throw new TouchstoneException("standard input cannot be read: " + e.getMessage(), e);
            }
        }

        @Override
        public int columns() {
            return columns;
        }

        @Override
        public void onInterrupt(Runnable stop) {
            // Ctrl-C ends the process.
        }

        @Override
        public void close() {
            // Standard input stays open for the process.
        }
    }
}
