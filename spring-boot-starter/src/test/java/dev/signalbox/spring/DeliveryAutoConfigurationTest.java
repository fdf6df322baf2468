package dev.signalbox.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.signalbox.database.Database;
import dev.signalbox.delivery.queue.BodyKey;
import dev.signalbox.delivery.queue.BodyProtection;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.MessageBatches;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.sqlite.JDBC;

/** What is there when, and which property does what. */
class DeliveryAutoConfigurationTest {
    @TempDir
    Path folder;

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    DatabaseAutoConfiguration.class,
                    DeliveryAutoConfiguration.class));

    private String url(String name) {
        return "jdbc:sqlite:" + folder.resolve(name);
    }

    private ApplicationContextRunner onSqlite() {
        return runner.withPropertyValues("spring.datasource.url=" + url("shop.db"));
    }

    @Test
    void withoutADataSourceThereIsNothing() {
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(DatabaseAutoConfiguration.class, DeliveryAutoConfiguration.class))
                .withBean(RecordingSender.class)
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(Database.class)
                        .doesNotHaveBean(Dispatcher.class)
                        .doesNotHaveBean(DeliveryQueue.class));
    }

    @Test
    void withoutASenderItOnlyEnqueues() {
        onSqlite().run(context -> {
            assertThat(context)
                    .hasSingleBean(DeliveryQueue.class)
                    .hasSingleBean(MessageBatches.class)
                    .doesNotHaveBean(Dispatcher.class)
                    .doesNotHaveBean(BatchLoop.class);
            assertThat(context.getBean(DeliveryQueue.class)
                            .enqueue(Shop.message("later"))
                            .duplicate())
                    .isFalse();
        });
    }

    @Test
    void bodiesAreEncryptedIfABeanSaysSo() {
        BodyKey key = BodyKey.parse("k1:" + Base64.getEncoder().encodeToString(new byte[32]));
        onSqlite()
                .withBean(BodyProtection.class, () -> BodyProtection.encryptedWith(List.of(key)))
                .run(context -> {
                    UUID id = context.getBean(DeliveryQueue.class)
                            .enqueue(Shop.message("a secret"))
                            .id();
                    Database database = context.getBean(Database.class);
                    assertThat(DeliveryQueue.on(database)
                                    .find(id)
                                    .orElseThrow()
                                    .reach()
                                    .body())
                            .contains("encrypted with the key 'k1'");
                    assertThat(context.getBean(DeliveryQueue.class)
                                    .find(id)
                                    .orElseThrow()
                                    .reach()
                                    .body())
                            .contains("a secret");
                });
    }

    @Test
    void dispatchingAndTheQueueCanBeSwitchedOff() {
        ApplicationContextRunner sending = onSqlite().withBean(RecordingSender.class);

        sending.run(
                context -> assertThat(context).hasSingleBean(Dispatcher.class).hasSingleBean(BatchLoop.class));
        sending.withPropertyValues("signalbox.delivery.dispatch=false")
                .run(context ->
                        assertThat(context).hasSingleBean(DeliveryQueue.class).doesNotHaveBean(Dispatcher.class));
        sending.withPropertyValues("signalbox.delivery.enabled=false")
                .run(context -> assertThat(context)
                        .doesNotHaveBean(DeliveryQueue.class)
                        .doesNotHaveBean(MessageBatches.class)
                        .doesNotHaveBean(Dispatcher.class));
    }

    @Test
    void thePlaceIsThatOfThePoolOrGiven() {
        var pool = new HikariDataSource();
        pool.setJdbcUrl(url("own.db"));
        ApplicationContextRunner own = runner.withBean(DataSource.class, () -> pool);
        var bare = new SimpleDriverDataSource(new JDBC(), url("bare.db"));
        ApplicationContextRunner unknown = runner.withBean(DataSource.class, () -> bare);

        own.run(context ->
                assertThat(context.getBean(Database.class).config().url()).isEqualTo(url("own.db")));
        unknown.run(context ->
                assertThat(context).getFailure().rootCause().hasMessageContaining("Set signalbox.database.url"));
        unknown.withPropertyValues("signalbox.database.url=" + url("bare.db"))
                .run(context -> assertThat(
                                context.getBean(Database.class).config().url())
                        .isEqualTo(url("bare.db")));
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql://db:5432/shop, jdbc:postgresql://db:5432/shop",
        "jdbc:postgresql://db/shop?reWriteBatchedInserts=true, jdbc:postgresql://db/shop",
        "jdbc:postgresql://db/shop?a=b&sslmode=verify-full&c=d&user=me, jdbc:postgresql://db/shop?sslmode=verify-full&user=me",
        "jdbc:sqlite:shop.db?transaction_mode=IMMEDIATE, jdbc:sqlite:shop.db",
        "jdbc:mariadb://db/shop?sslMode=verify-full, jdbc:mariadb://db/shop?sslMode=verify-full"
    })
    void onlyWhatConcernsEveryConnectionIsTakenFromTheApplicationsUrl(String url, String essential) {
        assertThat(DatabasePlace.essential(url)).isEqualTo(essential);
    }

    @Test
    void aWrongValueIsNamedAtStart() {
        onSqlite()
                .withBean(RecordingSender.class)
                .withPropertyValues("signalbox.delivery.lease=1ms")
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("lease"));
    }

    @Test
    void everyPropertyReachesItsOption() {
        onSqlite()
                .withPropertyValues(
                        "signalbox.database.pool-size=7",
                        "signalbox.database.connect-timeout=3s",
                        "signalbox.database.socket-timeout=9s",
                        "signalbox.database.max-lifetime=40s",
                        "signalbox.delivery.lease=33s",
                        "signalbox.delivery.poll-interval=4s",
                        "signalbox.delivery.retry.base=5s",
                        "signalbox.delivery.retry.factor=3",
                        "signalbox.delivery.retry.max=6m",
                        "signalbox.delivery.retry.jitter=0.5",
                        "signalbox.delivery.retry.max-retry-after=7m",
                        "signalbox.delivery.retention.sent=8h",
                        "signalbox.delivery.retention.unsent=9h",
                        "signalbox.delivery.breaker.failures=11")
                .run(context -> {
                    var options = context.getBean(DeliveryProperties.class).options();
                    assertThat(context.getBean(Database.class).config().pool().toString())
                            .contains("size=7", "PT3S", "PT9S", "PT40S");
                    assertThat(options.lease()).isEqualTo(Duration.ofSeconds(33));
                    assertThat(options.poll()).isEqualTo(Duration.ofSeconds(4));
                    assertThat(options.breaker()).isEqualTo(11);
                    assertThat(options.retry().toString()).contains("PT5S", "3.0", "PT6M", "0.5", "PT7M");
                    assertThat(options.retention().toString()).contains("PT8H", "PT9H");
                });
    }

    @Test
    void thePasswordIsShownNowhere() {
        onSqlite()
                .withPropertyValues("signalbox.database.url=" + url("q.db"), "signalbox.database.password=canary")
                .run(context -> assertThat(
                                context.getBean(DatabaseProperties.class).toString())
                        .doesNotContain("canary"));
        assertThat(new DatabasePlace("jdbc:postgresql://h/d", Optional.empty(), Optional.of("canary")).toString())
                .doesNotContain("canary");
    }
}
