package dev.signalbox.delivery.suppression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.testing.contract.MovableClock;
import dev.signalbox.testing.services.StoreDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What preferences are on any database. */
@ParameterizedClass
@MethodSource("dev.signalbox.testing.services.StoreDatabase#each")
class PreferencesTest {
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final Optional<String> NEWS = Optional.of("news");
    private static final Optional<String> ANY = Optional.empty();
    private static final Optional<Channel> SMS = Optional.of(Channel.SMS);

    private final MovableClock clock = new MovableClock(START);
    private final StoreDatabase where;
    private Database database;
    private Preferences preferences;

    PreferencesTest(StoreDatabase where) {
        this.where = where;
    }

    @BeforeEach
    void open() {
        database = Database.open(DatabaseConfig.of(where.url()));
        preferences = Preferences.on(database, clock);
        database.autoCommit(connection -> {
            try (var statement = connection.createStatement()) {
                return statement.executeUpdate("delete from preference");
            }
        });
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void aPreferenceIsFoundAsItWasPutAndReplacesTheOneBefore() {
        assertThat(preferences.applying("alice", Channel.SMS, NEWS)).isEmpty();
        Preference put = preferences.put(
                Preference.of("alice", false, "settings").withCategory(NEWS).withChannel(SMS));
        assertThat(put.since()).isEqualTo(START);
        assertThat(preferences.applying("alice", Channel.SMS, NEWS)).containsExactly(put);
        clock.advance(Duration.ofDays(1));
        Preference other = preferences.put(
                Preference.of("alice", true, "by phone").withCategory(NEWS).withChannel(SMS));
        assertThat(preferences.list("alice")).containsExactly(other);
        assertThat(other.since()).isEqualTo(START.plus(Duration.ofDays(1)));
    }

    @Test
    void whatIsAboutAnotherCategoryChannelOrRecipientDoesNotApply() {
        Preference all = preferences.put(Preference.of("alice", true, "test"));
        Preference sms = preferences.put(Preference.of("alice", false, "test").withChannel(SMS));
        Preference news = preferences.put(Preference.of("alice", false, "test").withCategory(NEWS));
        preferences.put(Preference.of("alice", false, "test").withCategory(Optional.of("offers")));
        preferences.put(Preference.of("alice", false, "test").withChannel(Optional.of(Channel.EMAIL)));
        preferences.put(Preference.of("bob", false, "test"));
        assertThat(preferences.applying("alice", Channel.SMS, NEWS)).containsExactlyInAnyOrder(all, sms, news);
        assertThat(preferences.applying("alice", Channel.SMS, ANY)).containsExactlyInAnyOrder(all, sms);
        assertThat(preferences.applying("alice", Channel.WEBHOOK, NEWS)).containsExactlyInAnyOrder(all, news);
        assertThat(preferences.list("alice")).hasSize(5).first().isEqualTo(all);
    }

    @Test
    void someOrAllOfARecipientAreRemoved() {
        preferences.put(Preference.of("alice", true, "test"));
        preferences.put(Preference.of("alice", true, "test").withCategory(NEWS));
        preferences.put(Preference.of("alice", true, "test").withCategory(NEWS).withChannel(SMS));
        preferences.put(Preference.of("bob", true, "test"));
        assertThat(preferences.remove("alice", NEWS, SMS)).isEqualTo(1);
        assertThat(preferences.remove("alice", NEWS, Optional.empty())).isEqualTo(1);
        assertThat(preferences.remove("alice", ANY, Optional.empty())).isEqualTo(1);
        assertThat(preferences.list("alice")).isEmpty();
        assertThat(preferences.list("bob")).hasSize(1);
    }

    @Test
    void oneRecipientHasABoundedNumber() {
        for (int i = 0; i < Preferences.MOST; i++) {
            preferences.put(Preference.of("alice", true, "test").withCategory(Optional.of("c" + i)));
        }
        assertThatThrownBy(() ->
                        preferences.put(Preference.of("alice", true, "test").withCategory(NEWS)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("alice has 200 preferences");
        preferences.put(Preference.of("alice", false, "test").withCategory(Optional.of("c7")));
        assertThat(preferences.list("alice"))
                .hasSize(Preferences.MOST)
                .filteredOn(each -> !each.wanted())
                .hasSize(1);
    }

    @Test
    void theFirstOfAnotherNodeIsSeenSoon() {
        Preferences other = Preferences.on(database, clock);
        assertThat(other.applying("alice", Channel.SMS, ANY)).isEmpty();
        Preference put = preferences.put(Preference.of("alice", false, "test"));
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> other.applying("alice", Channel.SMS, ANY).contains(put));
    }
}
