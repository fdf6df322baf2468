package dev.signalbox.observatory;

import static dev.signalbox.observatory.Fixtures.log;
import static dev.signalbox.observatory.Fixtures.quick;
import static dev.signalbox.observatory.Fixtures.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import ch.qos.logback.core.status.Status;
import dev.signalbox.observatory.ObservatoryOptions.DeadLetters;
import dev.signalbox.observatory.ObservatoryOptions.Spooling;
import dev.signalbox.testing.simulator.ObservatorySimulatorBehaviour;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** A canary in every URL, token and header: nothing that a person or a log sees carries it. */
class SecretsTest {
    private static final String CANARY = "canary-7f3a";

    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final List<String> events = new CopyOnWriteArrayList<>();

    @TempDir
    Path folder;

    @BeforeEach
    void watchTheLog() {
        logged.start();
        root().addAppender(logged);
        root().setLevel(Level.DEBUG);
    }

    @AfterEach
    void stopWatching() {
        root().detachAppender(logged);
    }

    /** The library's; what the HTTP client logs at DEBUG is switched on by nobody. */
    private static Logger root() {
        return (Logger) LoggerFactory.getLogger("dev.signalbox.observatory");
    }

    private ObservatoryListener listener() {
        return new ObservatoryListener() {
            @Override
            public void failed(String why) {
                events.add(why);
            }

            @Override
            public void spoolFailed(String why) {
                events.add(why);
            }

            @Override
            public void deadLettered(int records, String why) {
                events.add(why);
            }
        };
    }

    /** The shipping threads log on. */
    private List<ILoggingEvent> logged() {
        synchronized (logged) {
            return List.copyOf(logged.list);
        }
    }

    private void nothingTellsTheCanary(Object... shown) {
        var all = new ArrayList<String>(events);
        for (var event : logged()) {
            all.add(event.getFormattedMessage());
            if (event.getThrowableProxy() != null) {
                all.add(ThrowableProxyUtil.asString(event.getThrowableProxy()));
            }
        }
        for (Object each : shown) {
            all.add(String.valueOf(each));
        }
        assertThat(all).noneMatch(text -> text.contains(CANARY));
    }

    private static String thrownBy(ThrowingCallable call) {
        var thrown = catchThrowable(call);
        assertThat(thrown).isNotNull();
        var text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @Test
    void settingsThatDoNotFitAreNamedWithoutTheirValue() {
        var good = URI.create("https://logs.example.com");
        nothingTellsTheCanary(
                thrownBy(() -> Destination.of(good, CANARY + "\n", WireFormat.OTLP_JSON)),
                thrownBy(() -> Destination.of(good, "", WireFormat.OTLP_JSON).withHeader("X-Api-Key", CANARY + "\r\n")),
                thrownBy(() -> Destination.of(good, CANARY, WireFormat.OTLP_JSON)
                        .withHeader("Authorization", "Basic " + CANARY)),
                thrownBy(() -> Destination.of(good, "", WireFormat.OTLP_JSON).withHeader("Host", CANARY)),
                thrownBy(() -> Destination.of(good, "", WireFormat.OTLP_JSON).withHeader(CANARY + " x", "")),
                thrownBy(() -> destination("https://u:" + CANARY + "@x")),
                thrownBy(() -> destination("https://x?key=" + CANARY)),
                thrownBy(() -> destination("https://x#" + CANARY)),
                thrownBy(() -> destination("ftp://x/" + CANARY)),
                thrownBy(() -> Destination.parse("https://x/ " + CANARY)),
                thrownBy(() -> AllowList.of(List.of("https://u:" + CANARY + "@x"))),
                thrownBy(() -> AllowList.of(List.of("https://u:a@" + CANARY + "@x"))),
                thrownBy(() -> AllowList.of(List.of("https://" + CANARY + "@x"))),
                thrownBy(() -> AllowList.of(List.of("https://x?key=" + CANARY))),
                thrownBy(() -> AllowList.of(List.of("https://x y?a=1&key=" + CANARY))));
    }

    private static Destination destination(String url) {
        return Destination.of(URI.create(url), "", WireFormat.OTLP_JSON);
    }

    @Test
    void whatIsPrintedOfADestinationHidesItsSecrets() {
        var destination = Destination.of(
                        URI.create("https://x/" + CANARY + "?".substring(1)), CANARY, WireFormat.OTLP_JSON)
                .withHeader("X-Api-Key", CANARY);
        var options = ObservatoryOptions.to(destination).withAllowed(AllowList.of(List.of("https://x/" + CANARY)));
        nothingTellsTheCanary(
                destination,
                options,
                options.allowed(),
                ExecutionContext.to(destination),
                new Frames.Payload.Context(destination, false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "not json canary-7f3a",
                "{\"everworkerUrl\": \"https://x/canary-7f3a\", \"observatoryToken\": \"canary-7f3a\"}",
                "{\"everworkerUrl\": \"https://u:canary-7f3a@x\"}",
                "{\"everworkerUrl\": \"::canary-7f3a\"}",
                "{\"everworkerUrl\": \"https://allowed.example\", \"observatoryToken\": \"canary-7f3a\\n\"}",
                "{\"canary-7f3a\": tru}"
            })
    void aHeaderThatIsIgnoredIsNotRepeated(String header) {
        var allowed = AllowList.of(List.of("https://allowed.example"));
        var headers = new ContextHeaders(allowed, WireFormat.EVERWORKER, events::add);
        var context = headers.read(Map.of(ContextHeaders.EXECUTION_CONTEXT, header)::get);
        assertThat(context.destination()).isEmpty();
        assertThat(events).isNotEmpty();
        nothingTellsTheCanary(context);
    }

    /** Refused tokens, dead letters, outages, a close, and a restart that may not ship any more. */
    @Test
    void nothingThatHappensTellsASecret() throws Exception {
        var perfect = ObservatorySimulatorBehaviour.perfect();
        try (var sink = Fixtures.sink()) {
            var destination = new Destination(
                    URI.create(sink.url() + "/" + CANARY),
                    CANARY,
                    WireFormat.EVERWORKER,
                    "",
                    Map.of("X-Api-Key", CANARY));
            var options = quick(destination)
                    .withAllowed(AllowList.of(List.of(sink.url().toString())))
                    .withSpool(Spooling.in(folder.resolve("spool")))
                    .withDeadLetters(DeadLetters.in(folder.resolve("dead")));
            var named = ExecutionContext.to(destination.withId("theirs"));
            var observatory = Observatory.start(options, listener());
            log(observatory, 0, 10);
            observatory.log(named, LogRecord.of(Severity.INFO, "theirs"));
            soon().until(() -> observatory.stats().unauthorized() == 2);
            for (var behaviour :
                    List.of(perfect.answering(503, 0), perfect.with(ObservatorySimulatorBehaviour.Fault.CUT))) {
                long before = observatory.stats().failures();
                sink.behave(behaviour);
                soon().until(() -> observatory.stats().failures() > before + 3);
            }
            sink.behave(perfect.answering(404, 0));
            soon().until(() -> observatory.stats().deadLettered() == 11);
            sink.behave(perfect.answering(401, 0));
            observatory.log(named, LogRecord.of(Severity.INFO, "theirs"));
            soon().until(() -> observatory.stats().unauthorized() > 0);
            observatory.close(Duration.ofSeconds(5));
            try (var next = Observatory.start(options.withAllowed(AllowList.empty()), listener())) {
                nothingTellsTheCanary(options, observatory.stats(), next.stats(), observatory, next);
            }
            assertThat(events).isNotEmpty();
            assertThat(logged())
                    .anyMatch(event -> event.getFormattedMessage().contains("refuses the token"))
                    .anyMatch(event -> event.getFormattedMessage().contains("not allowed any more"));
        }
    }

    @Test
    void anAppenderThatDoesNotStartSaysWhyWithoutSecrets() {
        var context = new LoggerContext();
        for (String url : List.of("https://u:" + CANARY + "@x", "https://x/ " + CANARY, "https://x?k=" + CANARY)) {
            var appender = new ObservatoryAppender();
            appender.setContext(context);
            appender.setUrl(url);
            appender.setToken(CANARY);
            appender.start();
            assertThat(appender.isStarted()).isFalse();
        }
        var said = context.getStatusManager().getCopyOfStatusList().stream()
                .map(SecretsTest::text)
                .toList();
        assertThat(said).hasSizeGreaterThanOrEqualTo(3);
        nothingTellsTheCanary(said);
    }

    private static String text(Status status) {
        var text = new StringWriter();
        text.append(status.getMessage());
        if (status.getThrowable() != null) {
            status.getThrowable().printStackTrace(new PrintWriter(text));
        }
        return text.toString();
    }
}
