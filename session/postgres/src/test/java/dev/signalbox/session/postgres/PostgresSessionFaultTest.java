package dev.signalbox.session.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.session.bus.BusHealth;
import dev.signalbox.session.bus.BusOptions;
import dev.signalbox.session.bus.Codec;
import dev.signalbox.session.bus.Event;
import dev.signalbox.session.bus.From;
import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionBus;
import dev.signalbox.session.bus.SessionStore;
import dev.signalbox.testing.contract.Recorder;
import dev.signalbox.testing.services.Effort;
import dev.signalbox.testing.services.FaultProxy;
import dev.signalbox.testing.services.RealPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The session bus on a PostgreSQL whose connections break at the worst moments: nothing is lost, doubled or out of order. */
class PostgresSessionFaultTest {
    private static final int FAULTS = Effort.of(300, 20_000);
    private static final int SESSIONS = 8;
    private static final BusOptions OPTIONS =
            BusOptions.DEFAULT.withSweep(Duration.ofMillis(500)).withPatience(Duration.ofMinutes(2));

    private final RealPostgres postgres = RealPostgres.shared();
    private final String url = postgres.freshDatabase();
    private final FaultProxy proxy = FaultProxy.before(postgres.port());
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeEach
    void prepare() {
        node(url).read("s", From.beginning(), 1);
    }

    @AfterEach
    void closeAll() throws Exception {
        proxy.heal();
        for (AutoCloseable closeable : open.reversed()) {
            closeable.close();
        }
        proxy.close();
    }

    private SessionBus<String> node(String where) {
        return node(DatabaseConfig.of(where), OPTIONS);
    }

    private SessionBus<String> node(DatabaseConfig config, BusOptions options) {
        Database database = Database.open(config.withConnectTimeout(Duration.ofSeconds(1)));
        open.add(database);
        SessionStore store = PostgresSessions.open(database, Retention.FOREVER, InstantSource.system());
        SessionBus<String> bus =
                SessionBus.builder(store, Codec.text()).options(options).build();
        open.add(bus);
        return bus;
    }

    private SessionBus<String> nodeBehindTheProxy() {
        return node(RealPostgres.through(proxy.port(), url));
    }

    @Test
    void faultsLoseDoubleAndReorderNothing() throws Exception {
        List<SessionBus<String>> nodes = List.of(nodeBehindTheProxy(), nodeBehindTheProxy());
        List<List<Recorder>> recorders = new ArrayList<>();
        for (SessionBus<String> node : nodes) {
            recorders.add(follow(node));
        }
        Semaphore sent = new Semaphore(0);
        CompletableFuture<Void> enough = new CompletableFuture<>();
        List<Integer> counts = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> senders = IntStream.range(0, 4)
                    .mapToObj(i -> threads.submit(() -> send(nodes.get(i % 2), "sender" + i, sent, enough)))
                    .toList();
            breakThings(sent);
            enough.complete(null);
            for (Future<Integer> sender : senders) {
                counts.add(sender.get(2, TimeUnit.MINUTES));
            }
        }
        int events = counts.stream().mapToInt(n -> n).sum();
        for (List<Recorder> node : recorders) {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> node.stream()
                                    .mapToInt(recorder -> recorder.texts().size())
                                    .sum()
                            >= events);
            assertThat(node.stream()
                            .mapToInt(recorder -> recorder.texts().size())
                            .sum())
                    .isEqualTo(events);
            for (int session = 0; session < SESSIONS; session++) {
                check(node.get(session), session, counts);
            }
        }
    }

    private static List<Recorder> follow(SessionBus<String> node) throws InterruptedException {
        List<Recorder> recorders = new ArrayList<>();
        for (int session = 0; session < SESSIONS; session++) {
            Recorder recorder = new Recorder();
            node.subscribe("s" + session, From.beginning(), recorder);
            recorder.awaitStarted();
            recorders.add(recorder);
        }
        return recorders;
    }

    /** Each sender's n-th event goes to the session of that number, so its events there are n, n + 8, n + 16 and so on. */
    private static int send(SessionBus<String> bus, String name, Semaphore sent, CompletableFuture<Void> enough) {
        int n = 0;
        for (; !enough.isDone(); n++) {
            bus.send("s" + n % SESSIONS, name + "/" + n);
            sent.release();
        }
        return n;
    }

    /** Each fault strikes after one to five more events got through. */
    private void breakThings(Semaphore sent) throws InterruptedException {
        Random random = new Random(20261121);
        for (int fault = 0; fault < FAULTS; fault++) {
            sent.drainPermits();
            assertThat(sent.tryAcquire(1 + random.nextInt(5), 30, TimeUnit.SECONDS))
                    .as("events get through after fault %s", fault)
                    .isTrue();
            switch (random.nextInt(8)) {
                case 0 -> postgres.terminateBackends();
                case 1 -> cutThenHeal();
                case 2, 3, 4, 5 -> cutWithinAnAnswer(random, sent);
                default -> proxy.cutOnce();
            }
        }
    }

    private void cutThenHeal() {
        proxy.cut();
        proxy.heal();
    }

    /** Among them those to commits, which have happened then. */
    private void cutWithinAnAnswer(Random random, Semaphore sent) throws InterruptedException {
        sent.drainPermits();
        proxy.cutAfterAnswering(random.nextInt(400));
        sent.tryAcquire(2, 20, TimeUnit.MILLISECONDS); // None gets through once it is cut.
        cutThenHeal();
    }

    private static void check(Recorder recorder, int session, List<Integer> counts) {
        recorder.assertWhole();
        for (int sender = 0; sender < counts.size(); sender++) {
            String prefix = "sender" + sender + "/";
            List<String> expected = IntStream.range(0, counts.get(sender))
                    .filter(n -> n % SESSIONS == session)
                    .mapToObj(n -> prefix + n)
                    .toList();
            assertThat(recorder.texts().stream().filter(text -> text.startsWith(prefix)))
                    .containsExactlyElementsOf(expected);
        }
    }

    @Test
    void aCommitWhoseAnswerIsLostIsNotRepeated() throws Exception {
        SessionBus<String> bus = nodeBehindTheProxy();
        SessionBus<String> witness = node(url);
        int struck = 0;
        for (int i = 0; i < 30; i++) {
            bus.send("s", "warm" + i);
            proxy.swallowAnswers();
            CompletableFuture<Long> sent = bus.sendAsync("s", "e" + i);
            struck += isCommitted(witness, "e" + i) ? 1 : 0;
            assertThat(sent).isNotDone();
            proxy.cutOnce();
            long offset = sent.get(30, TimeUnit.SECONDS);
            assertThat(witness.read("s", From.after(offset - 1), 10).events())
                    .extracting(Event::value)
                    .containsExactly("e" + i);
        }
        assertThat(witness.read("s", From.beginning(), 100).events()).hasSize(60);
        assertThat(struck).as("commits whose answers were lost").isPositive();
    }

    /** Where the pool checks its connection first, nothing gets as far as that. */
    private static boolean isCommitted(SessionBus<String> witness, String text) {
        try {
            await().atMost(Duration.ofMillis(300))
                    .pollInterval(Duration.ofMillis(2))
                    .until(() -> witness.read("s", From.beginning(), 100).events().stream()
                            .anyMatch(event -> event.value().equals(text)));
            return true;
        } catch (ConditionTimeoutException e) {
            return false;
        }
    }

    @Test
    void aLongForeignTransactionHoldsUpNothing() throws Exception {
        SessionBus<String> bus = node(url);
        SessionBus<String> other = node(url);
        Recorder recorder = new Recorder();
        bus.subscribe("s", From.now(), recorder);
        recorder.awaitStarted();
        try (Database foreign = Database.open(DatabaseConfig.of(url));
                Connection connection = foreign.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("set transaction isolation level repeatable read");
            statement.execute("create table foreigner as select * from session_event");
            for (int i = 0; i < 100; i++) {
                other.send("s", "e" + i);
            }
            await().until(() -> recorder.texts().size() == 100);
            connection.rollback();
        }
        recorder.assertWhole();
    }

    @Test
    void anAppendThatWaitsForAnotherNodesTransactionIsNotOvertaken() throws Exception {
        SessionBus<String> bus = node(url);
        SessionBus<String> other = node(url);
        bus.send("s", "first");
        Recorder recorder = new Recorder();
        other.subscribe("s", From.beginning(), recorder);
        recorder.awaitStarted();
        CompletableFuture<Long> held;
        try (Database foreign = Database.open(DatabaseConfig.of(url));
                Connection connection = foreign.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(
                    "insert into session_event (number, at, batch, session, headers, payload)"
                            + " select max(number) + 1, max(at), gen_random_uuid(), 's', '', '' from session_event where session = 's'");
            held = bus.sendAsync("s", "held");
            other.send("t", "free");
            assertThat(held).isNotDone();
            connection.rollback();
        }
        held.get(30, TimeUnit.SECONDS);
        other.send("s", "last");
        await().until(() -> recorder.texts().equals(List.of("first", "held", "last")));
        recorder.assertWhole();
    }

    /** The other end is gone, and nothing says so: no byte comes any more, and none is refused. */
    @Test
    void aHalfOpenConnectionIsNoticedWithinTheConfiguredTimeAndReplaced() throws Exception {
        BusOptions quick = OPTIONS.withLiveness(Duration.ofMillis(500)).withSweep(Duration.ofHours(1));
        SessionBus<String> bus = node(DatabaseConfig.of(RealPostgres.through(proxy.port(), url)), quick);
        SessionBus<String> other = node(url);
        Recorder recorder = new Recorder();
        bus.subscribe("s", From.now(), recorder);
        recorder.awaitStarted();
        assertThat(bus.health().status()).isEqualTo(BusHealth.Status.UP);
        proxy.stall();
        await().atMost(Duration.ofSeconds(15))
                .until(() -> bus.health().problems().stream().anyMatch(problem -> problem.contains("new events")));
        assertThat(bus.health().status()).isEqualTo(BusHealth.Status.DEGRADED);
        proxy.heal();
        other.send("s", "e");
        await().atMost(Duration.ofSeconds(60)).until(() -> recorder.texts().equals(List.of("e")));
        await().atMost(Duration.ofSeconds(60)).until(() -> bus.health().status() == BusHealth.Status.UP);
    }

    @Test
    void oneHotSessionOfTwoNodesStaysWhole() throws Exception {
        List<SessionBus<String>> nodes = List.of(node(url), node(url));
        List<CompletableFuture<Long>> sent = IntStream.range(0, 2_000)
                .mapToObj(i -> nodes.get(i % 2).sendAsync("hot", "e" + i))
                .toList();
        assertThat(sent.stream().map(CompletableFuture::join).distinct()).hasSize(2_000);
        Recorder recorder = new Recorder();
        nodes.getFirst().subscribe("hot", From.beginning(), recorder);
        await().until(() -> recorder.events().size() == 2_000);
        recorder.assertWhole();
    }

    /** One writes, one listens, two do all else; a fifth would not be there. */
    @Test
    void tenThousandSessionsNeedFourConnections() throws Exception {
        SessionBus<String> bus = node(DatabaseConfig.of(url).withPoolSize(4), OPTIONS);
        SessionBus<String> other = node(url);
        List<Recorder> recorders = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            Recorder recorder = new Recorder();
            bus.subscribe("many" + i, From.now(), recorder);
            recorders.add(recorder);
        }
        for (Recorder recorder : recorders) {
            recorder.awaitStarted();
        }
        other.send("many77", "hello");
        await().until(() -> recorders.get(77).texts().equals(List.of("hello")));
        assertThat(listeners()).as("connections that listen").isEqualTo(1);
        assertThat(bus.subscribers()).isEqualTo(10_000);
    }

    private int listeners() throws SQLException {
        try (Database database = Database.open(DatabaseConfig.of(url));
                Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "select count(*) from pg_stat_activity where datname = current_database() and query ilike 'listen%'")) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
