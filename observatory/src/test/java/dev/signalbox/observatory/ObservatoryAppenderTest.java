package dev.signalbox.observatory;

import static dev.signalbox.observatory.Fixtures.soon;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import dev.signalbox.testing.simulator.ObservatorySimulator;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.MDC;

class ObservatoryAppenderTest {
    private final ObservatorySimulator sink = Fixtures.sink();
    private final LoggerContext context = new LoggerContext();

    @TempDir
    Path folder;

    @BeforeEach
    void configure() throws JoranException {
        context.setMDCAdapter(((LoggerContext) org.slf4j.LoggerFactory.getILoggerFactory()).getMDCAdapter());
        var configurator = new JoranConfigurator();
        configurator.setContext(context);
        String xml = """
            <configuration>
              <appender name="OBSERVATORY" class="dev.signalbox.observatory.ObservatoryAppender">
                <url>%s</url>
                <token>mock-token</token>
                <format>otlp-protobuf</format>
                <service>shop</service>
                <whenFull>drop-newest</whenFull>
                <spoolFolder>%s</spoolFolder>
                <deadLetterFolder>%s</deadLetterFolder>
                <closeMillis>3000</closeMillis>
                <allowed>https://logs.example.com</allowed>
              </appender>
              <root level="TRACE"><appender-ref ref="OBSERVATORY"/></root>
            </configuration>
            """.formatted(sink.url(), folder.resolve("spool"), folder.resolve("dead"));
        configurator.doConfigure(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
    }

    @AfterEach
    void close() {
        context.stop();
        sink.close();
    }

    @Test
    void anEventArrivesWithAllThatBelongsToIt() {
        Logger log = context.getLogger("shop.Till");
        MDC.put("order", "4711");
        log.atError()
                .addKeyValue("amount", 12)
                .setCause(new IllegalStateException("no change"))
                .log("cannot pay {}", "out");
        MDC.remove("order");
        soon().until(() -> sink.records().size() == 1);
        var record = sink.records().getFirst();
        assertThat(record.message()).isEqualTo("cannot pay out");
        assertThat(record.level()).isEqualTo(17);
        assertThat(record.module()).isEqualTo("shop.Till");
        assertThat(record.data())
                .containsEntry("order", "4711")
                .containsEntry("amount", "12")
                .containsKey("thread");
        assertThat(record.data().get("exception")).contains("IllegalStateException: no change", "at dev.signalbox");
    }

    @Test
    void itsOwnLogAndTheHttpClientsAreNotShipped() {
        context.getLogger("dev.signalbox.observatory.Observatory").error("about shipping");
        context.getLogger("jdk.httpclient.HttpClient").error("about a socket");
        LibraryThreads.marked(() -> context.getLogger("some.library").error("on one of our threads"))
                .run();
        context.getLogger("shop").trace("this one");
        context.stop();
        assertThat(Fixtures.messages(sink)).containsExactly("this one");
    }

    @Test
    void aStopShipsWhatIsLeft() {
        for (int i = 0; i < 500; i++) {
            context.getLogger("shop").info("record {}", i);
        }
        context.stop();
        assertThat(Fixtures.messages(sink)).isEqualTo(Fixtures.messages(0, 500));
    }

    @Test
    void withoutAUrlItDoesNotStartAndSaysSo() {
        var appender = new ObservatoryAppender();
        appender.setContext(context);
        appender.start();
        assertThat(appender.isStarted()).isFalse();
        assertThat(context.getStatusManager().getCopyOfStatusList())
                .anyMatch(status -> status.getMessage().contains("url is missing"));
    }
}
