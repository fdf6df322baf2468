package dev.signalbox.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.langchain4j.model.output.FinishReason;
import dev.signalbox.testing.services.Effort;
import dev.signalbox.testing.simulator.LlmReply;
import dev.signalbox.testing.simulator.LlmSimulator;
import dev.signalbox.testing.simulator.LlmSimulatorOptions;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real sockets that break, stall and are cut: an answer is whole, or there is an error, and one of the two is said once. */
class LlmStreamFaultTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final LlmSimulator simulator = LlmSimulator.start(LlmSimulatorOptions.defaults());

    @AfterEach
    void close() {
        simulator.close();
    }

    private LlmClient client(Duration deadline, Duration attempt, Duration idle) {
        return client(LlmOptions.DEFAULT.withTimeouts(deadline, attempt, idle));
    }

    private LlmClient client(LlmOptions options) {
        return LlmClient.builder()
                .model(LlmModel.of(
                        "openai", LlmEndpoint.OpenAi.compatible(simulator.openAi(), Optional.empty(), "gpt")))
                .model(LlmModel.of("ollama", LlmEndpoint.Ollama.at(simulator.root())))
                .options(options.withRetries(0, Duration.ZERO).withCircuit(0, LONG))
                .build();
    }

    private LlmClient client() {
        return client(LONG, LONG, LONG);
    }

    /** The long form cuts before every byte, the short one before every fourth. */
    private static final int STEP = Effort.of(4, 1);

    @ParameterizedTest
    @ValueSource(strings = {"openai-usage-last", "azure-filter-prelude", "openai-two-tool-calls", "ollama"})
    void aSocketCutAtAnyByteNeverMakesAShorterAnswer(String shape) throws IOException {
        for (LlmReply.End end : List.of(LlmReply.End.CUT, LlmReply.End.CLOSED)) {
            cutAtEveryByte(shape, end);
        }
    }

    private void cutAtEveryByte(String shape, LlmReply.End end) throws IOException {
        byte[] all = stream(shape);
        boolean ollama = shape.startsWith("ollama");
        String type = ollama ? "application/x-ndjson" : "text/event-stream";
        boolean tools = shape.contains("tool");
        LlmClient client = client();
        int whole = 0;
        int tried = 0;
        for (int cut = 0; cut < all.length; cut += STEP, tried++) {
            simulator.script(new LlmReply.Bytes(type, List.of(Arrays.copyOf(all, cut)), end));
            var heard = new RecordingListener();
            client.stream(LlmRequest.of("hi").withModels(ollama ? "ollama" : "openai"), heard);
            await().atMost(LONG)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(heard.end::isDone);
            if (!heard.end.isCompletedExceptionally()) {
                whole++;
                String what = shape + " " + end + " at " + cut;
                assertThat(heard.text.toString()).as(what).isEqualTo(tools ? "" : "Hello, world!");
                assertThat(heard.response().metadata().finishReason())
                        .as(what)
                        .contains(tools ? FinishReason.TOOL_EXECUTION : FinishReason.STOP);
                assertThat(heard.tools).as(what).hasSize(tools ? 2 : 0);
            }
            assertThat(heard.ends).hasValue(1);
        }
        assertThat(whole).as("only a cut at the very end leaves it whole").isLessThan(tried / 3);
    }

    private static byte[] stream(String shape) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(LlmStreamFaultTest.class.getResourceAsStream("/streams/" + shape + ".stream"))) {
            return in.readAllBytes();
        }
    }

    /** How often {@link #cancelAgainstTheLastWordHasOneWinner} tries. */
    private static final int RACES = Effort.of(300, 20_000);

    private static final String PIECE = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"}}]}\n\n";

    @Test
    void aStreamThatStallsEndsAfterItsSilence() {
        simulator.script(LlmReply.events(PIECE, LlmReply.End.STALLED));
        var heard = new RecordingListener();
        client(LONG, LONG, Duration.ofSeconds(1)).stream(LlmRequest.of("hi"), heard);
        assertThat(heard.error()).isInstanceOf(LlmException.Timeout.class).hasMessageContaining("silent");
        assertThat(heard.pieces).containsExactly("Hel");
        await().atMost(LONG).until(() -> simulator.connections() == 0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ": PROCESSING\n\n: PROCESSING\n\n",
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n",
                "data: {\"choices\":[],\"prompt_filter_results\":[]}\n\n"
            })
    void beforeTheFirstTokenItsOwnTimeoutRunsAndNotThatOfSilence(String signs) {
        simulator.script(LlmReply.events(signs, LlmReply.End.STALLED));
        var heard = new RecordingListener();
        client(LlmOptions.DEFAULT
                        .withTimeouts(LONG, LONG, Duration.ofMillis(100))
                        .withFirstTokenTimeout(Duration.ofMillis(1_500)))
                .stream(LlmRequest.of("hi"), heard);
        assertThat(heard.error()).isInstanceOf(LlmException.Timeout.class).hasMessageContaining("first token");
        assertThat(heard.error().attempts().getFirst().took()).isGreaterThan(Duration.ofMillis(1_400));
        await().atMost(LONG).until(() -> simulator.connections() == 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aProviderThatSaysNothingEndsTheAttempt(boolean streamed) {
        simulator.script(new LlmReply.Silence());
        LlmClient client = client(LONG, Duration.ofMillis(100), LONG);
        LlmException error = error(client, streamed);
        assertThat(error).isInstanceOf(LlmException.Timeout.class);
        assertThat(((LlmException.Timeout) error).isOverall()).isFalse();
        await().atMost(LONG).until(() -> simulator.connections() == 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theDeadlineEndsTheCall(boolean streamed) {
        simulator.script(new LlmReply.Silence());
        LlmException error = error(client(Duration.ofMillis(100), LONG, LONG), streamed);
        assertThat(error)
                .isInstanceOfSatisfying(
                        LlmException.Timeout.class,
                        timeout -> assertThat(timeout.isOverall()).isTrue());
    }

    private static LlmException error(LlmClient client, boolean streamed) {
        if (streamed) {
            var heard = new RecordingListener();
            client.stream(LlmRequest.of("hi"), heard);
            return heard.error();
        }
        try {
            throw new AssertionError("an answer: " + client.generate(LlmRequest.of("hi")));
        } catch (LlmException e) {
            return e;
        }
    }

    @Test
    void aListenerThatTakesItsTimeIsNoSilence() throws Exception {
        simulator.script(LlmReply.answer("a", "b", "c"));
        var release = new CountDownLatch(1);
        var entered = new CountDownLatch(1);
        var heard = new RecordingListener() {
            @Override
            public void onText(String piece) {
                super.onText(piece);
                entered.countDown();
                awaitIt(release);
            }
        };
        client(LONG, LONG, Duration.ofMillis(500)).stream(LlmRequest.of("hi"), heard);
        entered.await();
        await().during(Duration.ofSeconds(1)).until(() -> heard.ends.get() == 0);
        release.countDown();
        assertThat(heard.response().text()).isEqualTo("abc");
    }

    private static void awaitIt(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void cancelCutsTheConnectionAndIsSaidOnce() {
        simulator.script(LlmReply.events(PIECE, LlmReply.End.STALLED));
        var heard = new RecordingListener();
        LlmStream stream = client().stream(LlmRequest.of("hi"), heard);
        await().atMost(LONG).until(() -> !heard.pieces.isEmpty());
        assertThat(stream.cancel()).isTrue();
        assertThat(stream.cancel()).isFalse();
        assertThat(heard.error()).isInstanceOf(LlmException.Cancelled.class);
        await().atMost(LONG).until(() -> simulator.connections() == 0);
        assertThat(heard.ends).hasValue(1);
    }

    @Test
    void cancelAgainstTheLastWordHasOneWinner() throws Exception {
        LlmClient client = client();
        for (int i = 0; i < RACES; i++) {
            simulator.script(LlmReply.answer("a"));
            var heard = new RecordingListener();
            LlmStream stream = client.stream(LlmRequest.of("hi"), heard);
            var canceller = Thread.ofVirtual().start(() -> {
                while (heard.pieces.isEmpty() && !heard.end.isDone()) {
                    Thread.onSpinWait();
                }
            });
            canceller.join();
            boolean won = stream.cancel();
            await().atMost(LONG)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(heard.end::isDone);
            assertThat(heard.end.isCompletedExceptionally()).isEqualTo(won);
            assertThat(heard.ends).hasValue(1);
            assertThat(heard.afterEnd).hasValue(0);
        }
    }

    @Test
    void anInterruptEndsTheWaitAndStaysSet() throws Exception {
        simulator.script(new LlmReply.Silence());
        var heard = new RecordingListener();
        var waiting = Thread.ofVirtual().start(() -> {
            try {
                client().generate(LlmRequest.of("hi"));
            } catch (LlmException e) {
                if (Thread.currentThread().isInterrupted()) {
                    heard.onError(e);
                }
            }
        });
        await().atMost(LONG).until(() -> simulator.received() == 1);
        waiting.interrupt();
        waiting.join();
        assertThat(heard.error()).isInstanceOf(LlmException.Cancelled.class);
    }

    @Test
    void aListenerThatFailsEndsTheStream() {
        simulator.script(LlmReply.answer("a", "b"));
        var heard = new RecordingListener() {
            @Override
            public void onText(String piece) {
                super.onText(piece);
                throw new IllegalStateException("no more room");
            }
        };
        client().stream(LlmRequest.of("hi"), heard);
        assertThat(heard.error()).isInstanceOf(LlmException.Cancelled.class).hasMessageContaining("no more room");
        assertThat(heard.pieces).containsExactly("a");
    }

    @ParameterizedTest
    @EnumSource(LlmReply.UsagePlace.class)
    void usageIsFoundWhereverItIs(LlmReply.UsagePlace place) {
        simulator.script(LlmReply.answer("a", "b").withUsage(place));
        var heard = new RecordingListener();
        client().stream(LlmRequest.of("hi"), heard);
        assertThat(heard.response().metadata().usage().isPresent()).isEqualTo(place != LlmReply.UsagePlace.MISSING);
    }
}
