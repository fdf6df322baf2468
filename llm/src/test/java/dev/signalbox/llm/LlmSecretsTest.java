package dev.signalbox.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import dev.signalbox.testing.simulator.LlmReply;
import dev.signalbox.testing.simulator.LlmSimulator;
import dev.signalbox.testing.simulator.LlmSimulatorOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** A canary in every key, header and URL: no message, toString, log line or event of a listener has it. */
class LlmSecretsTest {
    private static final String CANARY = "canary-4711-do-not-tell";

    private final LlmSimulator simulator = LlmSimulator.start(LlmSimulatorOptions.defaults());
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final List<String> told = Collections.synchronizedList(new ArrayList<>());
    private Level level = Level.INFO;

    @BeforeEach
    void listenToTheLog() {
        level = root.getLevel();
        root.setLevel(Level.TRACE);
        log.start();
        root.addAppender(log);
    }

    @AfterEach
    void close() {
        root.detachAppender(log);
        root.setLevel(level);
        simulator.close();
    }

    private List<LlmModel> models() {
        URI openAi = simulator.openAi();
        URI root = simulator.root();
        Optional<String> key = Optional.of(CANARY);
        return List.of(
                LlmModel.of("openai", LlmEndpoint.OpenAi.compatible(openAi, key, "gpt")),
                LlmModel.of("azure", LlmEndpoint.Azure.withKey(root, CANARY, "dep")),
                LlmModel.of("azure-ad", LlmEndpoint.Azure.withToken(root, () -> CANARY, "dep")),
                LlmModel.of("ollama", new LlmEndpoint.Ollama(root, key, "m", OptionalInt.empty())),
                LlmModel.of("header", LlmEndpoint.OpenAi.compatible(openAi, Optional.empty(), "gpt"))
                        .withHeaders(Map.of("x-gateway-key", CANARY)));
    }

    private static LlmReply page(String type, String text) {
        return new LlmReply.Bytes(type, List.of(text.getBytes(StandardCharsets.UTF_8)), LlmReply.End.COMPLETE);
    }

    static List<LlmReply> repliesThatRepeatTheSecret() {
        String error = "{\"error\":{\"message\":\"wrong: Bearer " + CANARY + "\",\"type\":\"" + CANARY + "\"}}";
        return List.of(
                LlmReply.error(401, "invalid_api_key", "incorrect key " + CANARY),
                LlmReply.error(400, "invalid_value", CANARY),
                LlmReply.error(429, "rate_limit_exceeded", CANARY),
                LlmReply.error(500, "server_error", CANARY),
                page("application/json", error),
                page("application/json", "{\"a\": " + CANARY + "}"),
                page("application/json", "{\"choices\":[], \"message\": \"" + CANARY + "\"}"),
                page("text/html", "<html>" + CANARY + "</html>"),
                page("text/event-stream", "data: " + error + "\n\n"),
                page("text/event-stream", "data: " + CANARY + "\n\n"),
                page("application/x-ndjson", error + "\n"),
                page("application/x-ndjson", CANARY + "\n"));
    }

    @ParameterizedTest
    @MethodSource("repliesThatRepeatTheSecret")
    void aProviderThatRepeatsTheKeyIsMasked(LlmReply reply) {
        for (LlmModel model : models()) {
            LlmClient client = client(model);
            simulator.script(reply, reply);
            LlmException whole = (LlmException) catchThrowable(() -> client.generate(LlmRequest.of("hi")));
            assertThat(whole).as(model.name()).isNotNull().isNotInstanceOf(LlmException.Cancelled.class);
            var heard = new RecordingListener();
            client.stream(LlmRequest.of("hi"), heard);
            tell(whole);
            tell(heard.error());
        }
        assertThat(simulator.received()).isGreaterThanOrEqualTo(2L * models().size());
        assertClean();
    }

    private LlmClient client(LlmModel model) {
        return LlmClient.builder()
                .model(model)
                .options(LlmOptions.DEFAULT.withRetries(0, Duration.ZERO).withCircuit(0, Duration.ofNanos(1)))
                .listener(new LlmListener() {
                    @Override
                    public void attempted(LlmAttempt attempt) {
                        told.add(attempt.toString());
                        attempt.error().ifPresent(LlmSecretsTest.this::tell);
                    }

                    @Override
                    public void failed(LlmException error) {
                        tell(error);
                    }

                    @Override
                    public void circuit(String model, boolean open) {
                        told.add(model);
                    }
                })
                .build();
    }

    private void tell(Throwable failure) {
        var words = new StringWriter();
        failure.printStackTrace(new PrintWriter(words));
        told.add(words.toString());
    }

    private List<ILoggingEvent> logged() {
        synchronized (log) {
            return List.copyOf(log.list);
        }
    }

    private void assertClean() {
        assertThat(told).isNotEmpty().noneMatch(words -> words.contains(CANARY));
        assertThat(logged()).noneMatch(LlmSecretsTest::isLeaking);
    }

    /** The HTTP client's own traces of headers are on only for who switches them on by system property; the simulator's are its own. */
    private static boolean isLeaking(ILoggingEvent event) {
        String trace = event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy());
        return !event.getLoggerName().startsWith("io.netty") && (event.getFormattedMessage() + trace).contains(CANARY);
    }

    static List<String> keysThatNoHeaderCanCarry() {
        return List.of(
                CANARY + "\n",
                CANARY + "\r\n",
                "\t" + CANARY,
                CANARY + " " + CANARY,
                CANARY + "\u00e9",
                CANARY + "\0",
                "");
    }

    @ParameterizedTest
    @MethodSource("keysThatNoHeaderCanCarry")
    void aKeyThatNoHeaderCanCarryIsRefusedAtOnceWithoutBeingRepeated(String key) {
        URI url = simulator.root();
        List<Throwable> refusals = List.of(
                catchThrowable(() -> LlmEndpoint.OpenAi.of(key, "gpt")),
                catchThrowable(() -> LlmEndpoint.OpenAi.compatible(url, Optional.of(key), "gpt")),
                catchThrowable(() -> new LlmEndpoint.OpenAi(url, Optional.empty(), Optional.of(key), "gpt", false)),
                catchThrowable(() -> LlmEndpoint.Azure.withKey(url, key, "dep")),
                catchThrowable(() -> new LlmEndpoint.Ollama(url, Optional.of(key), "m", OptionalInt.empty())));
        for (Throwable refusal : refusals) {
            assertThat(refusal).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("visible ASCII");
            tell(refusal);
        }
        assertClean();
    }

    @Test
    void aTokenThatNoHeaderCanCarryFailsTheAttemptWithoutBeingRepeated() {
        LlmModel model = LlmModel.of("m", LlmEndpoint.Azure.withToken(simulator.root(), () -> CANARY + "\n", "dep"));
        Throwable failure = catchThrowable(() -> client(model).generate(LlmRequest.of("hi")));
        assertThat(failure).isInstanceOf(LlmException.Authentication.class).hasMessageContaining("newline");
        tell(failure);
        assertClean();
    }

    @Test
    void aHeaderThatCannotBeSentIsRefusedWithoutItsValue() {
        LlmModel model = LlmModel.of("m", LlmEndpoint.Ollama.at(simulator.root()));
        for (Map<String, String> headers :
                List.of(Map.of("x-key", CANARY + "\n"), Map.of("content-length", CANARY), Map.of("x key", CANARY))) {
            Throwable refusal = catchThrowable(() -> model.withHeaders(headers));
            assertThat(refusal)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(headers.keySet().iterator().next());
            tell(refusal);
        }
        assertClean();
    }

    @Test
    void aSecretInAUrlIsRefusedWithoutBeingRepeated() {
        for (String url : List.of(
                "http://user:" + CANARY + "@127.0.0.1:1/v1",
                "http://" + CANARY + "@127.0.0.1:1",
                "http://127.0.0.1:1/v1?key=" + CANARY,
                "http://127.0.0.1:1/v1#" + CANARY,
                "ftp://user:" + CANARY + "@127.0.0.1")) {
            URI at = URI.create(url);
            for (Throwable refusal : List.of(
                    catchThrowable(() -> LlmEndpoint.OpenAi.compatible(at, Optional.empty(), "gpt")),
                    catchThrowable(() -> LlmEndpoint.Azure.withKey(at, "key", "dep")),
                    catchThrowable(() -> LlmEndpoint.Ollama.at(at)),
                    catchThrowable(() -> LlmHttp.DEFAULT.withProxy(at)))) {
                assertThat(refusal).as(url).isInstanceOf(IllegalArgumentException.class);
                tell(refusal);
            }
        }
        assertClean();
    }

    @Test
    void noTextOfAnObjectHasIt() {
        for (LlmModel model : models()) {
            told.add(model.toString());
        }
        URI root = simulator.root();
        told.add(LlmEndpoint.Azure.withKey(root, CANARY, "dep").toString());
        told.add(LlmEndpoint.Azure.withToken(root, () -> CANARY, "dep").toString());
        told.add(LlmEndpoint.OpenAi.of(CANARY, "gpt").toString());
        told.add(new LlmEndpoint.Ollama(root, Optional.of(CANARY), "m", OptionalInt.empty()).toString());
        assertClean();
    }

    @Test
    void aMessageWithoutASecretKeepsItsCause() {
        simulator.script(LlmReply.error(500, "server_error", "oops"));
        assertThatThrownBy(() -> client(models().getFirst()).generate(LlmRequest.of("hi")))
                .hasMessageContaining("oops")
                .hasCauseInstanceOf(RefusedException.class);
    }
}
