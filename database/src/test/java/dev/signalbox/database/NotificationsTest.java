package dev.signalbox.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.signalbox.testing.services.FaultProxy;
import dev.signalbox.testing.services.RealPostgres;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class NotificationsTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(50);

    private static Database open() {
        return Database.open(DatabaseConfig.of(RealPostgres.shared().freshDatabase()));
    }

    private static void tell(Database database, String channel, String payload) {
        database.transact(connection -> {
            try (PreparedStatement notify = connection.prepareStatement("select pg_notify(?, ?)")) {
                notify.setString(1, channel);
                notify.setString(2, payload);
                return notify.execute();
            }
        });
    }

    @Test
    void payloadsComeInOrderAndOnlyThoseOfTheChannel() {
        try (Database database = open();
                Notifications notifications = Notifications.listen(database, "ours", LONG)) {
            tell(database, "theirs", "no");
            tell(database, "ours", "one");
            tell(database, "ours", "two");

            List<String> told = new ArrayList<>();
            while (told.size() < 2) {
                told.addAll(notifications.await(LONG));
            }
            assertThat(told).containsExactly("one", "two");
            assertThat(notifications.await(SHORT)).isEmpty();
        }
    }

    @Test
    void theConnectionIsGivenBackAndListensNoMore() {
        try (Database database = open()) {
            for (int i = 0; i < 3 * database.config().pool().size(); i++) {
                Notifications.listen(database, "ours", LONG).close();
            }
            assertThat(database.<Boolean>transact(connection -> connection
                            .createStatement()
                            .executeQuery("select pg_listening_channels()")
                            .next()))
                    .isFalse();
        }
    }

    /** What is quiet may be broken: the connection is asked, and gives no answer. */
    @Test
    void aConnectionWhoseOtherEndVanishedIsNoticed() {
        try (FaultProxy proxy = FaultProxy.before(RealPostgres.shared().port());
                Database database = Database.open(DatabaseConfig.of(
                        RealPostgres.through(proxy.port(), RealPostgres.shared().freshDatabase())))) {
            Notifications notifications = Notifications.listen(database, "ours", Duration.ofMillis(300));
            proxy.silence();

            assertThatExceptionOfType(DatabaseUnavailableException.class).isThrownBy(() -> {
                while (true) {
                    notifications.await(SHORT);
                }
            });
            assertThatExceptionOfType(DatabaseException.class).isThrownBy(notifications::close);
            notifications.close();
        }
    }

    @Test
    void onlyAPlainNameOnPostgresqlIsTaken(@TempDir Path folder) {
        try (Database database = open()) {
            for (String name : List.of("", "Ours", "a b", "1a", "a;drop table x", "a".repeat(64))) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> Notifications.listen(database, name, LONG))
                        .withMessageContaining("lower-case letters");
            }
        }
        try (Database sqlite = Database.open(DatabaseConfig.of("sqlite:" + folder.resolve("a.db")))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Notifications.listen(sqlite, "ours", LONG))
                    .withMessageContaining("sqlite");
        }
    }
}
