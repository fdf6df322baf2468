package dev.signalbox.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.TokenUsage;
import dev.signalbox.testing.services.RealMariaDb;
import dev.signalbox.testing.services.RealPostgres;
import dev.signalbox.testing.sqlserver.StandIn;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mariadb.jdbc.MariaDbDataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Nodes that share a store share their budgets; the store in memory keeps to the same contract. */
class LlmBudgetStoreTest {
    private static final Instant NOW = Instant.parse("2026-11-21T05:00:00Z");
    private static final LlmRequest HI = LlmRequest.of("hi").withParameters(LlmParameters.NONE.withMaxTokens(100));
    private static final AtomicInteger STAND_INS = new AtomicInteger();
    private static final long MOST = 2 + 16 + 16 + 100;

    private final AtomicLong asked = new AtomicLong();

    static List<LlmBudgetStore> stores() {
        var postgres = new PGSimpleDataSource();
        postgres.setUrl(RealPostgres.shared().freshDatabase());
        return List.of(
                jdbc(postgres),
                jdbc(mariaDb()),
                jdbc(StandIn.dataSource("budgets" + STAND_INS.incrementAndGet())),
                new MemoryBudgetStore(10));
    }

    private static DataSource mariaDb() {
        try {
            return new MariaDbDataSource(RealMariaDb.shared().freshDatabase());
        } catch (SQLException e) {
            throw new IllegalStateException("the URL of MariaDB was refused", e);
        }
    }

    private static LlmBudgetStore jdbc(DataSource source) {
        var store = JdbcBudgetStore.of(source);
        store.createTable();
        store.createTable();
        return store;
    }

    private static LlmBudgetStore.Charge charge(String account, long tokens, long limit, Instant end) {
        return new LlmBudgetStore.Charge(account, tokens, 0, limit, Long.MAX_VALUE, end);
    }

    @Test
    void theMigrationsOfAllDatabasesMakeTheSameTable() throws IOException {
        assertThat(migration("postgresql")).isEqualTo(migration("sqlite")).contains("signalbox_llm_budget");
    }

    private static String migration(String dialect) throws IOException {
        String file = JdbcBudgetStore.MIGRATIONS + "/" + dialect + "/V1__budget.sql";
        try (var in = Objects.requireNonNull(LlmClient.class.getClassLoader().getResourceAsStream(file), file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @MethodSource("stores")
    void takesFromAllAccountsOrFromNone(LlmBudgetStore store) {
        var small = charge("small", 6, 10, NOW);
        var large = charge("large", 6, 100, NOW);
        assertThat(store.reserve(List.of(large, small))).isEmpty();
        assertThat(store.reserve(List.of(large, small))).contains(new LlmBudgetStore.Used("small", 6, 0));
        assertThat(store.reserve(List.of(charge("large", 95, 100, NOW))))
                .as("nothing was taken beside what was refused")
                .contains(new LlmBudgetStore.Used("large", 6, 0));
        store.correct(List.of(charge("small", -6, 10, NOW)));
        assertThat(store.reserve(List.of(charge("small", 10, 10, NOW)))).isEmpty();
        assertThat(store.reserve(List.of(charge("none", 11, 10, NOW)))).contains(new LlmBudgetStore.Used("none", 0, 0));
    }

    @ParameterizedTest
    @MethodSource("stores")
    void moneyIsLimitedAsTokensAre(LlmBudgetStore store) {
        var charge = new LlmBudgetStore.Charge("money", 1, 6, Long.MAX_VALUE, 10, NOW);
        assertThat(store.reserve(List.of(charge))).isEmpty();
        assertThat(store.reserve(List.of(charge))).contains(new LlmBudgetStore.Used("money", 1, 6));
    }

    @ParameterizedTest
    @MethodSource("stores")
    void ofTwoNodesAtOnceOneGetsTheLast(LlmBudgetStore store) throws Exception {
        int fit = 20;
        var go = new CountDownLatch(1);
        List<LlmClient> nodes = List.of(node(store, fit * MOST), node(store, fit * MOST));
        try (var pool = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 60; i++) {
                LlmClient node = nodes.get(i % 2);
                pool.execute(() -> ask(node, go));
            }
            go.countDown();
        }
        assertThat(asked).hasValue(fit);
    }

    private static void ask(LlmClient node, CountDownLatch go) {
        try {
            go.await();
            node.generate(HI.withClient("alice"));
        } catch (LlmException.Budget | InterruptedException refused) {
            assertThat(refused).isInstanceOf(LlmException.Budget.class);
        }
    }

    /** Its model uses all that an attempt may. */
    private LlmClient node(LlmBudgetStore store, long tokens) {
        ChatModel model = new ChatModel() {
            @Override
            public ChatResponse doChat(ChatRequest request) {
                asked.incrementAndGet();
                return ChatResponse.builder()
                        .aiMessage(AiMessage.from("ok"))
                        .tokenUsage(new TokenUsage((int) (MOST - 100), 100))
                        .build();
            }
        };
        return LlmClient.builder()
                .model(LlmModel.of("m", model))
                .budgets(LlmBudgets.NONE
                        .withPerClient(LlmBudget.ofTokens(tokens))
                        .withTotal(LlmBudget.ofTokens(10 * tokens)))
                .budgetStore(store)
                .timing(new ManualTiming(NOW).timing())
                .build();
    }

    @ParameterizedTest
    @MethodSource("stores")
    void aNewWindowHasNewAccounts(LlmBudgetStore store) {
        var timing = new ManualTiming(NOW);
        LlmClient client = LlmClient.builder()
                .model(LlmModel.of("m", new ChatModel() {
                    @Override
                    public ChatResponse doChat(ChatRequest request) {
                        return ChatResponse.builder()
                                .aiMessage(AiMessage.from("ok"))
                                .tokenUsage(new TokenUsage((int) MOST - 100, 100))
                                .build();
                    }
                }))
                .budgets(LlmBudgets.NONE.withTotal(LlmBudget.ofTokens(MOST)))
                .budgetStore(store)
                .timing(timing.timing())
                .build();
        for (int i = 0; i < 3; i++) {
            assertThat(client.generate(HI).text()).isEqualTo("ok");
            assertThatThrownBy(() -> client.generate(HI))
                    .isInstanceOf(LlmException.Budget.class)
                    .hasMessageContaining("the total");
            timing.advance(Duration.ofDays(1));
        }
    }

    @Test
    void rowsOfEndedWindowsAreDeleted() throws Exception {
        var source = new PGSimpleDataSource();
        source.setUrl(RealPostgres.shared().freshDatabase());
        var store = JdbcBudgetStore.of(source);
        store.createTable();
        for (int day = 1; day <= 5; day++) {
            Instant end = NOW.plus(Duration.ofDays(day));
            assertThat(store.reserve(List.of(charge("total " + end, 1, 10, end))))
                    .isEmpty();
        }
        try (var connection = source.getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT count(*) FROM signalbox_llm_budget")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getInt(1)).isLessThanOrEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aStoreThatFailsLetsNothingPass(boolean atOnce) {
        var store = new LlmBudgetStore() {
            @Override
            public java.util.Optional<Used> reserve(List<Charge> charges) {
                if (atOnce) {
                    throw new IllegalStateException("no database");
                }
                return java.util.Optional.empty();
            }

            @Override
            public void correct(List<Charge> charges) {
                throw new IllegalStateException("no database");
            }
        };
        LlmClient client = node(store, 10 * MOST);
        if (atOnce) {
            assertThatThrownBy(() -> client.generate(HI))
                    .isInstanceOf(LlmException.Budget.class)
                    .hasMessageContaining("no database");
            assertThat(asked).hasValue(0);
        } else {
            assertThat(client.generate(HI.withParameters(LlmParameters.NONE.withMaxTokens(500)))
                            .text())
                    .isEqualTo("ok");
        }
    }
}
