package dev.signalbox.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.TokenUsage;
import dev.signalbox.testing.simulator.LlmReply;
import dev.signalbox.testing.simulator.LlmSimulator;
import dev.signalbox.testing.simulator.LlmSimulatorOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No attempt passes a budget: not alone, not beside others, not when it fails. */
class LlmBudgetTest {
    private static final LlmRequest HI = LlmRequest.of("hi").withParameters(LlmParameters.NONE.withMaxTokens(100));

    /** What {@link #HI} can use at most: two bytes, two frames, the answer. */
    private static final long MOST = 2 + 16 + 16 + 100;

    private final ManualTiming timing = new ManualTiming(Instant.parse("2026-11-21T23:00:00Z"));
    private final AtomicLong asked = new AtomicLong();

    /** Uses exactly so many tokens. */
    private ChatModel using(int input, int output) {
        return new ChatModel() {
            @Override
            public ChatResponse doChat(ChatRequest request) {
                asked.incrementAndGet();
                return ChatResponse.builder()
                        .aiMessage(AiMessage.from("ok"))
                        .tokenUsage(new TokenUsage(input, output))
                        .build();
            }
        };
    }

    private LlmClient client(LlmBudgets budgets, LlmModel... models) {
        var builder = LlmClient.builder().budgets(budgets).timing(timing.timing());
        for (LlmModel model : models) {
            builder.model(model);
        }
        return builder.build();
    }

    @Test
    void anAttemptThatCouldPassIsNotMade() {
        LlmClient client = client(LlmBudgets.NONE, LlmModel.of("m", using(5, 5)));
        assertThat(client.generate(HI.withBudget(LlmBudget.ofTokens(MOST))).text())
                .isEqualTo("ok");
        assertThatThrownBy(() -> client.generate(HI.withBudget(LlmBudget.ofTokens(MOST - 1))))
                .isInstanceOf(LlmException.Budget.class)
                .hasMessageContaining(String.valueOf(MOST));
        assertThat(asked).hasValue(1);
    }

    @Test
    void whatWasNotUsedIsGivenBack() {
        var budgets = LlmBudgets.NONE.withPerClient(LlmBudget.ofTokens(MOST + 20));
        LlmClient client = client(budgets, LlmModel.of("m", using(5, 5)));
        for (int i = 0; i < 3; i++) {
            client.generate(HI.withClient("alice"));
        }
        assertThatThrownBy(() -> client.generate(HI.withClient("alice"))).isInstanceOf(LlmException.Budget.class);
        assertThat(client.generate(HI.withClient("bob")).text()).isEqualTo("ok");
    }

    @Test
    void aNewWindowIsANewBudget() {
        var budgets = LlmBudgets.NONE.withTotal(LlmBudget.ofTokens(MOST));
        LlmClient client = client(budgets, LlmModel.of("m", using(50, 50)));
        client.generate(HI);
        assertThatThrownBy(() -> client.generate(HI)).isInstanceOf(LlmException.Budget.class);
        timing.advance(Duration.ofHours(1));
        assertThat(client.generate(HI).text()).isEqualTo("ok");
    }

    @Test
    void moneyIsCountedByThePriceTable() {
        LlmPrice price = LlmPrice.perMillion("1", "0.1", "10");
        LlmModel model = LlmModel.of("m", using(34, 100)).withPrice(price);
        LlmResponse response = client(LlmBudgets.NONE, model).generate(HI.withBudget(LlmBudget.ofMoney("0.001034")));
        assertThat(response.metadata().cost())
                .hasValueSatisfying(cost -> assertThat(cost).isEqualByComparingTo("0.001034"));
        assertThatThrownBy(() -> client(LlmBudgets.NONE, model).generate(HI.withBudget(LlmBudget.ofMoney("0.001033"))))
                .isInstanceOf(LlmException.Budget.class);
        assertThat(price.of(new LlmUsage(1_000_000, 500_000, 0, 0))).isEqualByComparingTo(new BigDecimal("0.55"));
    }

    @Test
    void aBudgetInMoneyNeedsAPrice() {
        assertThatThrownBy(() -> client(LlmBudgets.NONE, LlmModel.of("m", using(1, 1)))
                        .generate(HI.withBudget(LlmBudget.ofMoney("1"))))
                .isInstanceOf(LlmException.Budget.class)
                .hasMessageContaining("no price");
    }

    @Test
    void aCheaperModelMayStillFit() {
        LlmModel dear = LlmModel.of("dear", using(1, 1))
                .withPrice(LlmPrice.perMillion("1000", "1000", "1000"))
                .withFallbacks("cheap");
        LlmModel cheap = LlmModel.of("cheap", using(1, 1)).withPrice(LlmPrice.FREE);
        LlmResponse response = client(LlmBudgets.NONE, dear, cheap).generate(HI.withBudget(LlmBudget.ofMoney("0.01")));
        assertThat(response.metadata().model()).isEqualTo("cheap");
        assertThat(asked).hasValue(1);
    }

    @Test
    void oneClientMoreThanAllowedIsRefused() {
        var budgets =
                LlmBudgets.NONE.withPerClient(LlmBudget.ofTokens(1_000_000)).withMaxClients(1);
        LlmClient client = client(budgets, LlmModel.of("m", using(1, 1)));
        client.generate(HI.withClient("alice"));
        client.generate(HI.withClient("alice"));
        assertThatThrownBy(() -> client.generate(HI.withClient("bob"))).isInstanceOf(LlmException.Budget.class);
    }

    @Test
    void aFailureIsFreeOnlyIfTheProviderDidNothing() {
        try (var simulator = LlmSimulator.start(LlmSimulatorOptions.defaults())) {
            LlmModel model =
                    LlmModel.of("m", LlmEndpoint.OpenAi.compatible(simulator.openAi(), Optional.empty(), "gpt"));
            var budgets = LlmBudgets.NONE.withTotal(LlmBudget.ofTokens(MOST));
            LlmClient client = LlmClient.builder()
                    .model(model)
                    .budgets(budgets)
                    .options(LlmOptions.DEFAULT.withRetries(0, Duration.ZERO))
                    .build();
            simulator.script(
                    LlmReply.error(500, "oops", "no"),
                    LlmReply.events("data: {\"choices\":[{\"delta\":{\"content\":\"H\"}}]}\n\n", LlmReply.End.CUT));
            assertThatThrownBy(() -> client.generate(HI)).isInstanceOf(LlmException.Unavailable.class);
            var heard = new RecordingListener();
            client.stream(HI, heard);
            assertThat(heard.error())
                    .as("let in: the first failure was free")
                    .isInstanceOf(LlmException.Unavailable.class);
            assertThatThrownBy(() -> client.generate(HI))
                    .as("the broken stream may have cost all of it")
                    .isInstanceOf(LlmException.Budget.class);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPromptThatOllamaDoesNotCountIsCharged(boolean streamed) {
        try (var simulator = LlmSimulator.start(LlmSimulatorOptions.defaults())) {
            LlmClient client = LlmClient.builder()
                    .model(LlmModel.of("m", LlmEndpoint.Ollama.at(simulator.root())))
                    .budgets(LlmBudgets.NONE.withTotal(LlmBudget.ofTokens(20_000)))
                    .build();
            LlmRequest question = LlmRequest.of("four ".repeat(800) + "ok").withParameters(HI.parameters());
            int answers = 0;
            for (int i = 0; i < 50; i++) {
                simulator.script(LlmReply.lines(
                        "{\"message\":{\"role\":\"assistant\",\"content\":\"ok\"},\"done_reason\":\"stop\",\"done\":true,"
                                + "\"eval_count\":1}\n",
                        LlmReply.End.COMPLETE));
                answers += isAnswered(client, question, streamed) ? 1 : 0;
            }
            assertThat(answers).isBetween(1, 5);
            assertThat(simulator.received()).isEqualTo(answers);
        }
    }

    private static boolean isAnswered(LlmClient client, LlmRequest question, boolean streamed) {
        try {
            if (streamed) {
                var heard = new RecordingListener();
                client.stream(question, heard);
                return heard.response().text().equals("ok");
            }
            return client.generate(question).text().equals("ok");
        } catch (LlmException.Budget refused) {
            return false;
        }
    }

    @Test
    void whatTheProviderDoesNotCountCostsTheMost() {
        ChatModel silent = new ChatModel() {
            @Override
            public ChatResponse doChat(ChatRequest request) {
                return ChatResponse.builder().aiMessage(AiMessage.from("ok")).build();
            }
        };
        LlmModel model = LlmModel.of("m", silent).withPrice(LlmPrice.perMillion("1", "1", "1"));
        LlmResponse response = client(LlmBudgets.NONE, model).generate(HI);
        assertThat(response.metadata().usage()).isEmpty();
        assertThat(response.metadata().cost())
                .hasValueSatisfying(
                        cost -> assertThat(cost).isEqualByComparingTo(new BigDecimal(MOST).movePointLeft(6)));
    }

    @Test
    void attemptsThatNeverGotToTheProviderAreFree() throws IOException {
        try (var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> closing =
                    CompletableFuture.runAsync(() -> closeWhatComes(server), Thread::startVirtualThread);
            var url = URI.create("https://127.0.0.1:" + server.getLocalPort());
            LlmModel model = LlmModel.of("m", LlmEndpoint.OpenAi.compatible(url, Optional.empty(), "gpt"))
                    .withPrice(LlmPrice.perMillion("1", "1", "1"));
            LlmClient client = LlmClient.builder()
                    .model(model)
                    .budgets(LlmBudgets.NONE.withTotal(LlmBudget.ofTokens(MOST)))
                    .options(LlmOptions.DEFAULT.withCircuit(0, Duration.ofSeconds(1)))
                    .timing(timing.timing())
                    .build();
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> client.generate(HI))
                        .isInstanceOfSatisfying(
                                LlmException.Unavailable.class,
                                failure -> assertThat(failure.attempts())
                                        .hasSize(3)
                                        .allSatisfy(attempt -> assertThat(attempt.cost())
                                                .hasValueSatisfying(
                                                        cost -> assertThat(cost).isZero())));
            }
            server.close();
            assertThat(closing).succeedsWithin(Duration.ofMinutes(1));
        }
    }

    private static void closeWhatComes(ServerSocket server) {
        while (!server.isClosed()) {
            try (var accepted = server.accept()) {
                assertThat(accepted.getInputStream().read())
                        .as("the client's hello")
                        .isEqualTo(22);
            } catch (IOException e) {
                if (!server.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    @Test
    void anAttemptThatTimesOutBeforeItIsSentIsFree() throws IOException {
        try (var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var url = URI.create("https://127.0.0.1:" + server.getLocalPort());
            LlmClient client = LlmClient.builder()
                    .model(LlmModel.of("m", LlmEndpoint.OpenAi.compatible(url, Optional.empty(), "gpt"))
                            .withAttemptTimeout(Duration.ofMillis(200)))
                    .budgets(LlmBudgets.NONE.withTotal(LlmBudget.ofTokens(MOST)))
                    .options(LlmOptions.DEFAULT.withRetries(0, Duration.ZERO))
                    .build();
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> client.generate(HI)).isInstanceOf(LlmException.Timeout.class);
            }
        }
    }

    @Test
    void attemptsSideBySideDoNotPassItTogether() throws Exception {
        int threads = 32;
        int fit = 10;
        var go = new CountDownLatch(1);
        ChatModel slow = new ChatModel() {
            @Override
            public ChatResponse doChat(ChatRequest request) {
                asked.incrementAndGet();
                return ChatResponse.builder()
                        .aiMessage(AiMessage.from("ok"))
                        .tokenUsage(new TokenUsage((int) (MOST - 100), 100))
                        .build();
            }
        };
        LlmClient client = client(LlmBudgets.NONE.withTotal(LlmBudget.ofTokens(fit * MOST)), LlmModel.of("m", slow));
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < threads; i++) {
                pool.execute(() -> {
                    try {
                        go.await();
                        client.generate(HI);
                    } catch (LlmException.Budget | InterruptedException refused) {
                        Thread.currentThread().isInterrupted();
                    }
                });
            }
            go.countDown();
        }
        assertThat(asked).hasValue(fit);
    }

    @Test
    void threadsThatReserveTokenByTokenGetExactlyTheBudget() {
        long limit = 200_000;
        var budgets = new Budgets(
                LlmBudgets.NONE.withTotal(LlmBudget.ofTokens(limit)),
                new MemoryBudgetStore(1),
                timing.timing().clock());
        var granted = new AtomicLong();
        try (var pool = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 4; i++) {
                pool.execute(() -> reserveUntilRefused(budgets, granted));
            }
        }
        assertThat(granted).hasValue(limit);
    }

    private static void reserveUntilRefused(Budgets budgets, AtomicLong granted) {
        Budgets.CallAccount account = budgets.ofCall(HI);
        try {
            while (true) {
                budgets.reserve(account, "", 1, Optional.empty());
                granted.incrementAndGet();
            }
        } catch (LlmException.Budget end) {
            assertThat(end).hasMessageContaining("total");
        }
    }
}
