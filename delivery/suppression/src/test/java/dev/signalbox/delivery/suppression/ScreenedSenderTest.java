package dev.signalbox.delivery.suppression;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.delivery.suppression.Suppression.Reason;
import dev.signalbox.testing.contract.MovableClock;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScreenedSenderTest {
    private static final String ALICE = "alice@example.org";
    private static final URI LINKS = URI.create("https://example.org/unsubscribe/");
    private static final SendResult SENT = new SendResult.Accepted(Optional.of("1"));

    @TempDir
    private Path folder;

    private final List<Delivery> sent = new ArrayList<>();
    private final List<Refusal> refused = new ArrayList<>();
    private Database database;
    private SuppressionList list;
    private Preferences preferences;
    private UnsubscribeLinks links;

    @BeforeEach
    void open() {
        database = Database.open(DatabaseConfig.of("sqlite:" + folder.resolve("suppressions.db")));
        var clock = new MovableClock(Instant.parse("2026-03-01T12:00:00Z"));
        list = SuppressionList.on(database, clock);
        preferences = Preferences.on(database, clock);
        links = list.links(LINKS);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void theSuppressedAreRejectedInWords() throws Exception {
        list.add(Suppression.of(Channel.SMS, "+61491570006", Reason.OPT_OUT, "STOP"));
        assertThat(send(Channel.SMS, "+61491570006", Map.of()))
                .isEqualTo(new SendResult.Rejected(
                        "the address is suppressed: the recipient opted out (STOP) on 2026-03-01"));
        assertThat(send(Channel.SMS, "+61491570007", Map.of())).isEqualTo(SENT);
        assertThat(sent).extracting(Delivery::address).containsExactly("+61491570007");
        assertThat(refused).extracting(Refusal::cause).containsExactly("opt-out");
    }

    @Test
    void noWishSilencesWhatMustArrive() throws Exception {
        Map<String, String> receipt = Map.of("Category", "Receipts");
        for (Reason wish : List.of(Reason.UNSUBSCRIBE, Reason.COMPLAINT, Reason.OPT_OUT, Reason.OPERATOR)) {
            list.add(Suppression.of(Channel.EMAIL, ALICE, wish, "test"));
        }
        assertThat(send(Channel.EMAIL, ALICE, receipt)).isEqualTo(SENT);
        assertThat(send(Channel.EMAIL, ALICE, Map.of("category", "news"))).isInstanceOf(SendResult.Rejected.class);
        list.add(Suppression.of(Channel.EMAIL, ALICE, Reason.BOUNCE, "mx"));
        assertThat(send(Channel.EMAIL, ALICE, receipt))
                .isEqualTo(new SendResult.Rejected("the address is suppressed: it does not exist (mx) on 2026-03-01"));
        list.add(Suppression.of(Channel.WEBHOOK, "orders", Reason.GONE, "410"));
        assertThat(send(Channel.WEBHOOK, "orders", receipt)).isInstanceOf(SendResult.Rejected.class);
    }

    @Test
    void aPersonsPreferencesHoldOnEveryChannel() throws Exception {
        preferences.put(Preference.of("alice", false, "settings").withCategory(Optional.of("news")));
        Map<String, String> news = Map.of("Recipient", "alice", "category", "news");
        assertThat(send(Channel.EMAIL, ALICE, news))
                .isEqualTo(new SendResult.Rejected("the recipient wants no news messages (settings) on 2026-03-01"));
        assertThat(send(Channel.SMS, "+61491570006", news)).isInstanceOf(SendResult.Rejected.class);
        assertThat(send(Channel.SMS, "+61491570006", Map.of("recipient", "bob", "category", "news")))
                .isEqualTo(SENT);
        assertThat(send(Channel.SMS, "+61491570006", Map.of("recipient", "alice", "category", "receipts")))
                .isEqualTo(SENT);
        preferences.put(Preference.of("alice", true, "settings")
                .withCategory(Optional.of("news"))
                .withChannel(Optional.of(Channel.EMAIL)));
        assertThat(send(Channel.EMAIL, ALICE, news)).isEqualTo(SENT);
        assertThat(refused).extracting(Refusal::cause).containsOnly("preference");
    }

    @Test
    void aMessageWithoutAPersonIsAskedForByItsAddress() throws Exception {
        preferences.put(Preference.of("email:Alice@example.org", false, "settings"));
        assertThat(send(Channel.EMAIL, ALICE, Map.of("category", "news"))).isInstanceOf(SendResult.Rejected.class);
        assertThat(send(Channel.EMAIL, ALICE, Map.of())).isInstanceOf(SendResult.Rejected.class);
        assertThat(send(Channel.EMAIL, ALICE, Map.of("category", "receipts")))
                .as("no wish silences it")
                .isEqualTo(SENT);
        assertThat(send(Channel.EMAIL, "bob@example.org", Map.of("category", "news")))
                .isEqualTo(SENT);
    }

    @Test
    void whatTakesConsentGoesToThoseAloneWhoGaveIt() throws Exception {
        Map<String, String> research = Map.of("recipient", "alice", "category", "research");
        assertThat(send(Channel.EMAIL, ALICE, research))
                .isInstanceOfSatisfying(
                        SendResult.Rejected.class,
                        result -> assertThat(result.reason()).startsWith("the recipient has not asked for research"));
        preferences.put(Preference.of("alice", true, "settings"));
        assertThat(send(Channel.EMAIL, ALICE, research))
                .as("to want everything is not to ask for this")
                .isInstanceOf(SendResult.Rejected.class);
        preferences.put(Preference.of("alice", true, "settings").withCategory(Optional.of("research")));
        assertThat(send(Channel.EMAIL, ALICE, research)).isEqualTo(SENT);
        preferences.put(Preference.of("alice", false, "settings").withChannel(Optional.of(Channel.SMS)));
        assertThat(send(Channel.SMS, "+61491570006", research)).isInstanceOf(SendResult.Rejected.class);
        assertThat(refused).extracting(Refusal::cause).containsExactly("no-consent", "no-consent", "preference");
        assertThat(Refusal.causes()).contains("no-consent", "preference", "opt-out");
    }

    @Test
    void mailThatCanBeSilencedGetsALink() throws Exception {
        send(Channel.EMAIL, ALICE, Map.of("subject", "Offers", "category", "offers"));
        assertThat(sent.getLast().headers()).containsEntry("subject", "Offers").containsKey("list-unsubscribe");
        String link = sent.getLast().headers().getOrDefault("list-unsubscribe", "");
        assertThat(links.read(link.substring(LINKS.toString().length())))
                .contains(Suppression.of(Channel.EMAIL, ALICE, Reason.UNSUBSCRIBE, "one click")
                        .withCategory(Optional.of("offers")));
        for (Map<String, String> without :
                List.of(Map.of("category", "receipts"), Map.of("List-Unsubscribe", "https://example.org/mine"))) {
            send(Channel.EMAIL, ALICE, without);
            assertThat(sent.getLast().headers()).isEqualTo(without);
        }
        send(Channel.SMS, "+61491570006", Map.of());
        assertThat(sent.getLast().headers()).isEmpty();
    }

    @Test
    void nothingIsSentWhereTheListCannotBeRead() throws Exception {
        database.close();
        assertThat(send(Channel.EMAIL, ALICE, Map.of()))
                .isInstanceOfSatisfying(
                        SendResult.NotSent.class,
                        result -> assertThat(result.reason()).startsWith("the suppression list cannot be read"));
        assertThat(sent).isEmpty();
    }

    /** A method with a default that it does not pass on would silently change what the sender promises. */
    @Test
    void allElseIsTheSendersOwn() throws Exception {
        for (Method method : Sender.class.getMethods()) {
            Class<?> owner = ScreenedSender.class
                    .getMethod(method.getName(), method.getParameterTypes())
                    .getDeclaringClass();
            assertThat(owner).as(method.getName()).isEqualTo(ScreenedSender.class);
        }
        Sender screened = screened(new Inner(Channel.SMS));
        assertThat(screened.channel()).isEqualTo(Channel.SMS);
        assertThat(screened.timeout()).isEqualTo(Duration.ofSeconds(7));
        assertThat(screened.concurrency()).isEqualTo(3);
        assertThat(screened.keyLifetime()).isEqualTo(Duration.ofHours(2));
        assertThat(screened.leavesDoubt()).isFalse();
        assertThat(screened.sharesProvider()).isTrue();
        assertThat(screened.schedule()).containsExactly(Duration.ofMinutes(1));
    }

    private SendResult send(Channel channel, String address, Map<String, String> headers) throws InterruptedException {
        return screened(new Inner(channel))
                .send(new Delivery(UUID.randomUUID(), 0, 1, channel, address, "Hello", headers, Duration.ofSeconds(5)));
    }

    private Sender screened(Sender sender) {
        var check = new SuppressionCheck(list, preferences, Set.of("receipts"), Set.of("research"));
        return new ScreenedSender(sender, check, Optional.of(links), refused::add);
    }

    private final class Inner implements Sender {
        private final Channel channel;

        Inner(Channel channel) {
            this.channel = channel;
        }

        @Override
        public Channel channel() {
            return channel;
        }

        @Override
        public SendResult send(Delivery delivery) {
            sent.add(delivery);
            return SENT;
        }

        @Override
        public Duration timeout() {
            return Duration.ofSeconds(7);
        }

        @Override
        public int concurrency() {
            return 3;
        }

        @Override
        public Duration keyLifetime() {
            return Duration.ofHours(2);
        }

        @Override
        public boolean leavesDoubt() {
            return false;
        }

        @Override
        public boolean sharesProvider() {
            return true;
        }

        @Override
        public List<Duration> schedule() {
            return List.of(Duration.ofMinutes(1));
        }
    }
}
