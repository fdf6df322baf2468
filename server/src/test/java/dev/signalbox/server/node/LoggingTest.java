package dev.signalbox.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.LoggingEvent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The lines of the plain log. */
class LoggingTest {
    private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();

    private String line(String message, @Nullable Throwable failure) {
        var layout = new PatternLayout();
        layout.setContext(context);
        layout.setPattern(Logging.LINE);
        layout.start();
        var logger = context.getLogger(LoggingTest.class);
        return layout.doLayout(
                new LoggingEvent(LoggingTest.class.getName(), logger, Level.INFO, message, failure, null));
    }

    @Test
    void aMessageIsOneLineWhateverIsInIt() {
        String note = "asked\n12:00:00.000 INFO  Server - forged\r\n\u001b[31mred\u0085\tend";
        assertThat(line("deleted: " + note, null))
                .endsWith("INFO  LoggingTest - deleted: asked?12:00:00.000 INFO  Server - forged???[31mred?\tend"
                        + System.lineSeparator())
                .hasLineCount(1);
    }

    @Test
    void theLinesOfAFailureAreIndented() {
        String text = line("it failed", new IllegalStateException("because\n12:00:00.000 INFO  forged\u001b[0m"));
        assertThat(text.lines().skip(1)).isNotEmpty().allMatch(line -> line.startsWith("    "));
        assertThat(text).contains("    12:00:00.000 INFO  forged?[0m").doesNotContain("\u001b");
    }
}
