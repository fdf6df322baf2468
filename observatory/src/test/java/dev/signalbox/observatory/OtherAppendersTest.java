package dev.signalbox.observatory;

import static dev.signalbox.observatory.Fixtures.messages;
import static dev.signalbox.observatory.Fixtures.quick;
import static dev.signalbox.observatory.Fixtures.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testing.simulator.ObservatorySimulator;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import org.apache.logging.log4j.ThreadContext;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.ConfigurationSource;
import org.apache.logging.log4j.core.config.xml.XmlConfiguration;
import org.apache.logging.log4j.message.StringMapMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The appenders of Log4j and of java.util.logging. */
class OtherAppendersTest {
    private final ObservatorySimulator sink = Fixtures.sink();

    @AfterEach
    void close() {
        sink.close();
    }

    private LoggerContext log4j(String attributes, String ref) throws IOException {
        String xml = """
            <Configuration packages="dev.signalbox.observatory" status="OFF">
              <Appenders>
                <Observatory name="OBSERVATORY" url="%s" %s/>
                <Null name="NULL"/>
                <Async name="ASYNC"><AppenderRef ref="OBSERVATORY"/><AppenderRef ref="NULL"/></Async>
              </Appenders>
              <Loggers><Root level="TRACE"><AppenderRef ref="%s"/></Root></Loggers>
            </Configuration>
            """.formatted(sink.url(), attributes, ref);
        var context = new LoggerContext("test");
        var source = new ConfigurationSource(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
        context.start(new XmlConfiguration(context, source));
        return context;
    }

    @Test
    void log4jsEventsArriveWithAllThatBelongsToThem() throws IOException {
        try (var context = log4j("token=\"mock-token\" format=\"otlp-protobuf\" service=\"shop\"", "ASYNC")) {
            var logger = context.getLogger("shop.Till");
            ThreadContext.put("order", "4711");
            logger.error("cannot pay {}", "out", new IllegalStateException("no change"));
            ThreadContext.remove("order");
            logger.warn(new StringMapMessage(Map.of("amount", "12")));
            context.getLogger("dev.signalbox.observatory.Observatory").error("about shipping");
            logger.trace("last");
        }
        assertThat(sink.records()).hasSize(3);
        var first = sink.records().getFirst();
        assertThat(first.message()).isEqualTo("cannot pay out");
        assertThat(first.level()).isEqualTo(17);
        assertThat(first.module()).isEqualTo("shop.Till");
        assertThat(first.data()).containsEntry("order", "4711").containsKey("thread");
        assertThat(first.data().get("exception")).contains("IllegalStateException: no change", "at dev.signalbox");
        assertThat(sink.records().get(1).data()).containsEntry("amount", "12");
        assertThat(sink.records().getLast().level()).isOne();
    }

    @Test
    void anAttributeOfLog4jThatDoesNotFitLeavesTheAppenderOut() throws IOException {
        try (var context = log4j("format=\"carrier-pigeon\"", "ASYNC")) {
            context.getLogger("shop").info("nowhere");
        }
        assertThat(sink.stats().requests()).isZero();
    }

    @Test
    void theHandlerShipsInTheCallersContext() throws Exception {
        try (var tenant = Fixtures.sink()) {
            var options = quick(to(sink))
                    .withAllowed(AllowList.of(List.of(tenant.url().toString())));
            try (var observatory = Observatory.start(options)) {
                var logger = logger(new ObservatoryHandler(observatory));
                ExecutionContext.to(to(tenant)).run(() -> logger.log(Level.WARNING, "theirs {0}", 1));
                logger.log(Level.SEVERE, "ours", new IllegalStateException("no change"));
                logger.log(Level.FINEST, null, (Throwable) null);
                assertThat(observatory.flush(Duration.ofSeconds(30))).isTrue();
            }
            assertThat(messages(tenant)).containsExactly("theirs 1");
            assertThat(messages(sink)).containsExactly("ours", "null");
            assertThat(sink.records().getFirst().level()).isOne();
            assertThat(sink.records().getFirst().data().get("exception")).contains("no change");
        }
    }

    @Test
    void theHandlerIsSetUpByPropertiesAndClosesWhatIsItsOwn() throws IOException {
        String prefix = ObservatoryHandler.class.getName() + ".";
        String properties = prefix + "url=" + sink.url() + "\n" + prefix + "token=mock-token\n" + prefix
                + "format=otlp_json\n" + prefix + "level=INFO\n";
        LogManager.getLogManager()
                .updateConfiguration(
                        new ByteArrayInputStream(properties.getBytes(StandardCharsets.UTF_8)),
                        key -> (old, next) -> next);
        var handler = new ObservatoryHandler();
        var logger = logger(handler);
        logger.fine("too fine");
        logger.info("record 0");
        handler.close();
        logger.info("too late");
        assertThat(messages(sink)).containsExactly("record 0");
    }

    private static Logger logger(ObservatoryHandler handler) {
        var logger = Logger.getAnonymousLogger();
        logger.setUseParentHandlers(false);
        logger.setLevel(Level.ALL);
        logger.addHandler(handler);
        return logger;
    }
}
