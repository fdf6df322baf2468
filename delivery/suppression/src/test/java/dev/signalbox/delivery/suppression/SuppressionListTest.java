package dev.signalbox.delivery.suppression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.suppression.Suppression.Reason;
import dev.signalbox.delivery.suppression.SuppressionList.Page;
import dev.signalbox.delivery.suppression.SuppressionList.Selection;
import dev.signalbox.testing.contract.MovableClock;
import dev.signalbox.testing.services.StoreDatabase;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What the list is on any database. */
@ParameterizedClass
@MethodSource("dev.signalbox.testing.services.StoreDatabase#each")
class SuppressionListTest {
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final String ALICE = "alice@example.org";
    private static final Optional<String> NEWS = Optional.of("news");
    private static final Optional<String> NONE = Optional.empty();

    private final MovableClock clock = new MovableClock(START);
    private final StoreDatabase where;
    private Database database;
    private SuppressionList list;

    SuppressionListTest(StoreDatabase where) {
        this.where = where;
    }

    @BeforeEach
    void open() {
        database = Database.open(DatabaseConfig.of(where.url()));
        list = SuppressionList.on(database, clock);
        database.autoCommit(connection -> {
            try (var statement = connection.createStatement()) {
                return statement.executeUpdate("delete from suppression");
            }
        });
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void anEntryIsFoundAsItWasAdded() {
        assertThat(list.holding(Channel.EMAIL, ALICE, NONE)).isEmpty();
        assertThat(list.add(Suppression.of(Channel.EMAIL, ALICE, Reason.BOUNCE, "mx.example.org")
                        .withNote(Optional.of("550 no such user"))))
                .isTrue();
        assertThat(list.holding(Channel.EMAIL, ALICE, NONE))
                .containsExactly(new Suppression(
                        Channel.EMAIL,
                        ALICE,
                        NONE,
                        Reason.BOUNCE,
                        "mx.example.org",
                        Optional.of("550 no such user"),
                        START));
        assertThat(list.holding(Channel.SMS, ALICE, NONE)).isEmpty();
        assertThat(list.holding(Channel.EMAIL, "bob@example.org", NONE)).isEmpty();
    }

    @Test
    void theFirstEntryOfAReasonStays() {
        list.add(Suppression.of(Channel.EMAIL, ALICE, Reason.UNSUBSCRIBE, "first"));
        clock.advance(Duration.ofDays(1));
        assertThat(list.add(Suppression.of(Channel.EMAIL, ALICE, Reason.UNSUBSCRIBE, "second")))
                .isFalse();
        assertThat(list.holding(Channel.EMAIL, ALICE, NONE)).singleElement().satisfies(entry -> {
            assertThat(entry.source()).isEqualTo("first");
            assertThat(entry.since()).isEqualTo(START);
        });
    }

    @Test
    void takingBackOneReasonLeavesTheOthers() {
        list.add(Suppression.of(Channel.EMAIL, ALICE, Reason.BOUNCE, "mx"));
        list.add(Suppression.of(Channel.EMAIL, ALICE, Reason.UNSUBSCRIBE, "one click"));
        Selection alice = Selection.of(Channel.EMAIL, ALICE);
        assertThat(list.remove(alice.withReason(Optional.of(Reason.BOUNCE)))).isEqualTo(1);
        assertThat(list.holding(Channel.EMAIL, ALICE, NONE))
                .extracting(Suppression::reason)
                .containsExactly(Reason.UNSUBSCRIBE);
        assertThat(list.remove(alice)).isEqualTo(1);
        assertThat(list.remove(alice)).isZero();
        assertThat(list.holding(Channel.EMAIL, ALICE, NONE)).isEmpty();
        assertThatThrownBy(() -> list.remove(Selection.ALL)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anEntryAboutACategoryHoldsThatOneOnly() {
        list.add(Suppression.of(Channel.EMAIL, ALICE, Reason.UNSUBSCRIBE, "one click")
                .withCategory(NEWS));
        assertThat(list.holding(Channel.EMAIL, ALICE, NEWS)).hasSize(1);
        assertThat(list.holding(Channel.EMAIL, ALICE, Optional.of("offers"))).isEmpty();
        assertThat(list.holding(Channel.EMAIL, ALICE, NONE)).isEmpty();
        clock.advance(Duration.ofSeconds(1));
        list.add(Suppression.of(Channel.EMAIL, ALICE, Reason.COMPLAINT, "provider"));
        assertThat(list.holding(Channel.EMAIL, ALICE, Optional.of("offers"))).hasSize(1);
        assertThat(list.holding(Channel.EMAIL, ALICE, NEWS))
                .as("the oldest first")
                .extracting(Suppression::reason)
                .containsExactly(Reason.UNSUBSCRIBE, Reason.COMPLAINT);
    }

    @Test
    void caseDoesNotCountInMailAddressesAlone() {
        list.add(Suppression.of(Channel.EMAIL, "Alice@Example.org", Reason.BOUNCE, "mx"));
        assertThat(list.holding(Channel.EMAIL, "ALICE@example.ORG", NONE)).hasSize(1);
        list.add(Suppression.of(Channel.LIVE, "Alice", Reason.OPERATOR, "op"));
        assertThat(list.holding(Channel.LIVE, "alice", NONE)).isEmpty();
        assertThat(list.holding(Channel.LIVE, "Alice", NONE)).hasSize(1);
        assertThat(list.remove(Selection.of(Channel.EMAIL, "aLICE@example.org")))
                .isEqualTo(1);
    }

    @Test
    void isListedInPages() {
        for (int i = 0; i < 5; i++) {
            list.add(Suppression.of(Channel.SMS, "+6149157000" + i, Reason.OPT_OUT, "STOP"));
            list.add(Suppression.of(Channel.EMAIL, i + "@example.org", Reason.BOUNCE, "mx"));
        }
        list.add(Suppression.of(Channel.EMAIL, "3@example.org", Reason.COMPLAINT, "provider")
                .withCategory(NEWS));
        List<String> seen = new ArrayList<>();
        Optional<String> after = Optional.empty();
        do {
            Page page = list.list(Selection.ALL, after, 4);
            page.items().forEach(entry -> seen.add(entry.channel() + ":" + entry.address() + entry.reason()));
            after = page.next();
        } while (after.isPresent());
        assertThat(seen).hasSize(11).doesNotHaveDuplicates();
        Selection mail = Selection.ALL.withReason(Optional.of(Reason.OPT_OUT));
        assertThat(list.list(mail, Optional.empty(), 10).items()).hasSize(5);
        assertThat(list.list(Selection.of(Channel.EMAIL, "3@example.org"), Optional.empty(), 10)
                        .items())
                .hasSize(2);
        assertThat(list.list(Selection.ALL.withCategory(NEWS), Optional.empty(), 10)
                        .items())
                .hasSize(1);
        assertThatThrownBy(() -> list.list(Selection.ALL, Optional.of("nowhere"), 4))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** The list remembers for a second that it had no entry. */
    @Test
    void whatThisNodeAddsIsSeenAtOnceAlsoWhileOthersLook() throws Exception {
        var over = new AtomicBoolean();
        Thread looking = Thread.startVirtualThread(() -> {
            while (!over.get()) {
                list.holding(Channel.SMS, "+61491570999", NONE);
            }
        });
        try {
            for (int i = 0; i < 100; i++) {
                list.add(Suppression.of(Channel.SMS, "+61491570006", Reason.OPT_OUT, "STOP"));
                assertThat(list.holding(Channel.SMS, "+61491570006", NONE))
                        .as("round " + i)
                        .hasSize(1);
                list.remove(Selection.of(Channel.SMS, "+61491570006"));
                assertThat(list.holding(Channel.SMS, "+61491570006", NONE)).isEmpty();
            }
        } finally {
            over.set(true);
            looking.join();
        }
    }

    @Test
    void whatAnotherNodeAddsIsSeenSoon() {
        assertThat(list.holding(Channel.SMS, "+61491570006", NONE)).isEmpty();
        SuppressionList.on(database, clock).add(Suppression.of(Channel.SMS, "+61491570006", Reason.OPT_OUT, "STOP"));
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> !list.holding(Channel.SMS, "+61491570006", NONE).isEmpty());
    }

    @Test
    void whatOthersSayIsMadeToFit() {
        list.add(Suppression.of(Channel.EMAIL, ALICE, Reason.BOUNCE, "x".repeat(300))
                .withNote(Optional.of("550\r\nno\u0000such user")));
        assertThat(list.holding(Channel.EMAIL, ALICE, NONE)).singleElement().satisfies(entry -> {
            assertThat(entry.source()).hasSize(Suppression.LONGEST_SOURCE);
            assertThat(entry.note()).contains("550 no such user");
        });
        assertThatThrownBy(() -> Suppression.of(Channel.EMAIL, "", Reason.BOUNCE, "mx"))
                .hasMessageContaining("address");
        assertThatThrownBy(() -> Suppression.of(Channel.EMAIL, ALICE, Reason.BOUNCE, "mx")
                        .withCategory(Optional.of("Big News")))
                .hasMessageContaining("category must be");
    }

    @Test
    void aLinkNamesWhomItWasMadeForOnEveryNode() {
        URI base = URI.create("https://example.org/unsubscribe");
        URI link = list.links(base).link("Alice@example.org", NEWS).orElseThrow();
        assertThat(link.toString())
                .startsWith("https://example.org/unsubscribe/")
                .hasSizeLessThan(900);
        String token = link.toString().substring(base.toString().length() + 1);
        UnsubscribeLinks elsewhere = SuppressionList.on(database, clock).links(base);
        assertThat(elsewhere.read(token))
                .contains(Suppression.of(Channel.EMAIL, ALICE, Reason.UNSUBSCRIBE, "one click")
                        .withCategory(NEWS));
        assertThat(elsewhere.link("Alice@example.org", NEWS)).contains(link);
        String other = elsewhere.link("bob@example.org", NEWS).orElseThrow().toString();
        String forged = other.substring(base.toString().length() + 1, other.indexOf('.', 30))
                + token.substring(token.indexOf('.'));
        for (String wrong : List.of("", ".", "x", "a.b", token + "x", token.substring(1), forged, "%.%")) {
            assertThat(elsewhere.read(wrong)).as(wrong).isEmpty();
        }
        URI longBase = URI.create("https://example.org/" + "u".repeat(300));
        assertThat(list.links(longBase).link("a".repeat(500) + "@example.org", NONE))
                .as("one too long for a header")
                .isEmpty();
    }
}
