package dev.signalbox.delivery.inbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.database.Dialect;
import dev.signalbox.delivery.inbox.InboxItem.State;
import dev.signalbox.delivery.inbox.Inboxes.Marks;
import dev.signalbox.delivery.inbox.Inboxes.Page;
import dev.signalbox.testing.contract.MovableClock;
import dev.signalbox.testing.services.StoreDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What inboxes are on any database. */
@ParameterizedClass
@MethodSource("dev.signalbox.testing.services.StoreDatabase#each")
class InboxesTest {
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final Set<State> ALL = EnumSet.allOf(State.class);
    private static final Optional<String> NONE = Optional.empty();

    private final MovableClock clock = new MovableClock(START);
    private final List<InboxListener.Change> told = new CopyOnWriteArrayList<>();
    private final StoreDatabase where;
    private Database database;
    private Inboxes inboxes;

    InboxesTest(StoreDatabase where) {
        this.where = where;
    }

    @BeforeEach
    void open() {
        database = Database.open(DatabaseConfig.of(where.url()));
        inboxes = inboxes(InboxLimits.usual());
        database.autoCommit(connection -> {
            try (var statement = connection.createStatement()) {
                return statement.executeUpdate("delete from inbox_item");
            }
        });
    }

    private Inboxes inboxes(InboxLimits limits) {
        return Inboxes.on(database, limits, told::add, clock);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void anItemIsFoundAsItWasAdded() {
        InboxItem item = InboxItem.of("alice", "1", "<b>Hello</b>")
                .withSubject(Optional.of("Grüße"))
                .withHtml(true)
                .withCategory(Optional.of("news"));
        assertThat(inboxes.add(item)).isTrue();
        InboxItem expected = new InboxItem(
                "alice",
                "1",
                Optional.of("Grüße"),
                "<b>Hello</b>",
                true,
                Optional.of("news"),
                State.UNREAD,
                START,
                START);
        assertThat(inboxes.list("alice", ALL, NONE, 10)).isEqualTo(new Page(List.of(expected), 1, NONE));
        assertThat(inboxes.list("bob", ALL, NONE, 10)).isEqualTo(new Page(List.of(), 0, NONE));
        assertThat(told).containsExactly(new InboxListener.Added(expected, 1));
    }

    @Test
    void addingItAgainChangesNothing() {
        add("alice", "1");
        inboxes.mark("alice", Set.of("1"), State.READ);
        clock.advance(Duration.ofDays(1));
        told.clear();
        assertThat(inboxes.add(InboxItem.of("alice", "1", "another"))).isFalse();
        assertThat(items("alice", ALL)).singleElement().satisfies(item -> {
            assertThat(item.state()).isEqualTo(State.READ);
            assertThat(item.at()).isEqualTo(START);
        });
        assertThat(told).isEmpty();
    }

    @Test
    void theNewestComeFirstPageByPageAlsoWhileMoreCome() {
        IntStream.range(0, 7).forEach(i -> add("alice", "id-" + i)); // all at once: ids decide among them
        clock.advance(Duration.ofSeconds(1));
        add("alice", "a");
        add("bob", "other");
        Page first = inboxes.list("alice", ALL, NONE, 3);
        assertThat(ids(first)).containsExactly("a", "id-6", "id-5");
        clock.advance(Duration.ofSeconds(1));
        add("alice", "later");
        Page second = inboxes.list("alice", ALL, first.next(), 3);
        assertThat(ids(second)).containsExactly("id-4", "id-3", "id-2");
        Page last = inboxes.list("alice", ALL, second.next(), 3);
        assertThat(ids(last)).containsExactly("id-1", "id-0");
        assertThat(last.next()).isEmpty();
        assertThatThrownBy(() -> inboxes.list("alice", ALL, Optional.of("x"), 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("next of the page before");
    }

    @Test
    void itemsAreMarkedAndListedByTheirState() {
        List.of("1", "2", "3").forEach(id -> add("alice", id));
        add("bob", "1");
        clock.advance(Duration.ofMinutes(1));
        told.clear();
        assertThat(inboxes.mark("alice", Set.of("1", "2", "no such"), State.READ))
                .isEqualTo(new Marks(2, 1));
        assertThat(inboxes.mark("alice", Set.of("1"), State.READ)).isEqualTo(new Marks(0, 1));
        assertThat(inboxes.mark("alice", Set.of("2"), State.ARCHIVED)).isEqualTo(new Marks(1, 1));
        assertThat(items("alice", Set.of(State.READ)))
                .singleElement()
                .satisfies(item -> assertThat(item.changed()).isEqualTo(START.plusSeconds(60)));
        assertThat(ids(inboxes.list("alice", EnumSet.of(State.UNREAD, State.READ), NONE, 10)))
                .containsExactly("3", "1");
        assertThat(ids(inboxes.list("alice", Set.of(), NONE, 10))).isEmpty();
        assertThat(inboxes.mark("alice", Set.of("2"), State.UNREAD)).isEqualTo(new Marks(1, 2));
        assertThat(items("bob", ALL)).extracting(InboxItem::state).containsExactly(State.UNREAD);
        assertThat(told)
                .hasSize(3)
                .first()
                .satisfies(change ->
                        assertThat(((InboxListener.Marked) change).ids()).containsExactlyInAnyOrder("1", "2"));
    }

    @Test
    void allAreMarkedInPortionsAndNoneIsNotAll() {
        fill("alice", Inboxes.MOST + 1);
        add("bob", "1");
        assertThat(inboxes.mark("alice", Set.of(), State.READ)).isEqualTo(new Marks(0, Inboxes.MOST + 1));
        assertThat(inboxes.markAll("alice", State.READ)).isEqualTo(new Marks(Inboxes.MOST, 1));
        assertThat(inboxes.markAll("alice", State.READ)).isEqualTo(new Marks(1, 0));
        assertThat(inboxes.markAll("alice", State.READ)).isEqualTo(new Marks(0, 0));
        inboxes.markAll("alice", State.ARCHIVED);
        assertThat(inboxes.markAll("alice", State.ARCHIVED)).isEqualTo(new Marks(1, 0));
        assertThat(items("bob", Set.of(State.UNREAD))).hasSize(1);
        assertThatThrownBy(() -> inboxes.markAll("alice", State.UNREAD)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theOldestGoWhenAnInboxIsFull() {
        Inboxes small = inboxes(InboxLimits.usual().withItems(3));
        add("bob", "1");
        for (String id : List.of("1", "2", "3", "4", "5")) {
            clock.advance(Duration.ofSeconds(1));
            small.add(InboxItem.of("alice", id, "x"));
        }
        assertThat(items("alice", ALL)).extracting(InboxItem::id).containsExactly("5", "4", "3");
        assertThat(items("bob", ALL)).hasSize(1);
    }

    @Test
    void whatIsTooOldIsRemoved() {
        add("alice", "1");
        clock.advance(Duration.ofDays(60));
        add("alice", "2");
        clock.advance(Duration.ofDays(31));
        assertThat(inboxes.removeExpired()).isEqualTo(1);
        assertThat(inboxes.removeExpired()).isZero();
        assertThat(items("alice", ALL)).extracting(InboxItem::id).containsExactly("2");
    }

    /** Every addition and every marking counts once, also when many do them at a time. */
    @Test
    void manyAtOnceLoseNothing() throws Exception {
        List<Callable<Boolean>> work = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            String id = "id-" + i % 20;
            work.add(() -> inboxes.add(InboxItem.of("alice", id, "x")));
            work.add(() -> inboxes.mark("alice", Set.of("id-0", "id-1", "id-2"), State.READ)
                            .changed()
                    > 100);
        }
        long added = 0;
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (Future<Boolean> each : threads.invokeAll(work)) {
                added += each.get() ? 1 : 0;
            }
        }
        assertThat(added).isEqualTo(20);
        inboxes.mark("alice", Set.of("id-0", "id-1", "id-2"), State.READ);
        assertThat(inboxes.list("alice", ALL, NONE, 100).unread()).isEqualTo(17);
        assertThat(items("alice", ALL)).hasSize(20);
    }

    @Test
    void aListenerThatThrowsUndoesNothing() {
        Inboxes guarded = Inboxes.on(
                database,
                InboxLimits.usual(),
                change -> {
                    throw new IllegalStateException("as the test wants it");
                },
                clock);
        assertThat(guarded.add(InboxItem.of("alice", "1", "x"))).isTrue();
        assertThat(guarded.mark("alice", Set.of("1"), State.READ)).isEqualTo(new Marks(1, 0));
        assertThat(items("alice", Set.of(State.READ))).hasSize(1);
    }

    @Test
    void unreadItemsAreCountedByTheirIndex() {
        assumeFalse(database.dialect() == Dialect.SQLSERVER, "skipped: the plans of a stand-in say nothing");
        String plan = database.read(connection -> {
            try (var statement = connection.createStatement()) {
                if (database.dialect() == Dialect.POSTGRESQL) {
                    statement.execute("set local enable_seqscan = off");
                }
                String explain = database.dialect() == Dialect.SQLITE ? "explain query plan " : "explain ";
                try (var rows = statement.executeQuery(
                        explain + "select count(*) from inbox_item where recipient = 'alice' and state = 'UNREAD'")) {
                    StringBuilder cells = new StringBuilder();
                    while (rows.next()) {
                        for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
                            cells.append(rows.getString(column)).append(' ');
                        }
                    }
                    return cells.toString();
                }
            }
        });
        assertThat(plan).contains("inbox_item_unread");
    }

    @Test
    void aSpaceAtTheEndIsAnotherName() {
        add("alice", "1");
        assertThat(inboxes.list("alice ", ALL, NONE, 10).items()).isEmpty();
        assertThat(inboxes.mark("alice ", Set.of("1"), State.READ).changed()).isZero();
        add("alice", "1 ");
        assertThat(items("alice", ALL)).hasSize(2);
    }

    @Test
    void whatCannotBeANameIsAskedForInVain() {
        String longName = "x".repeat(InboxItem.LONGEST_NAME + 1);
        for (String recipient : List.of("", "a\0b", longName)) {
            assertThat(inboxes.list(recipient, ALL, NONE, 1).items()).isEmpty();
            assertThat(inboxes.markAll(recipient, State.READ).changed()).isZero();
            assertThat(inboxes.mark(recipient, Set.of("1"), State.READ).changed())
                    .isZero();
            assertThatThrownBy(() -> InboxItem.of(recipient, "1", "x")).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(inboxes.mark("alice", Set.of("a\0b"), State.READ).changed()).isZero();
    }

    private void add(String recipient, String id) {
        assertThat(inboxes.add(InboxItem.of(recipient, id, "body of " + id))).isTrue();
    }

    private void fill(String recipient, int count) {
        String sql = "insert into inbox_item (recipient, id, body, html, state, created_at, changed_at)"
                + " values (?, ?, 'x', 0, 'UNREAD', ?, ?)";
        boolean asBytes = database.dialect() == Dialect.SQLSERVER;
        int[] filled = database.transact(connection -> {
            try (var statement = connection.prepareStatement(sql)) {
                for (int i = 1; i <= count; i++) {
                    String id = "id-" + i;
                    statement.setObject(1, asBytes ? recipient.getBytes(UTF_8) : recipient);
                    statement.setObject(2, asBytes ? id.getBytes(UTF_8) : id);
                    statement.setLong(3, i);
                    statement.setLong(4, i);
                    statement.addBatch();
                }
                return statement.executeBatch();
            }
        });
        assertThat(filled).hasSize(count);
    }

    private List<InboxItem> items(String recipient, Set<State> states) {
        return inboxes.list(recipient, states, NONE, 100).items();
    }

    private static List<String> ids(Page page) {
        return page.items().stream().map(InboxItem::id).toList();
    }
}
