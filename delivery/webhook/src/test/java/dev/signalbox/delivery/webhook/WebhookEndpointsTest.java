package dev.signalbox.delivery.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.webhook.WebhookEndpoint.Cause;
import dev.signalbox.delivery.webhook.WebhookEndpoints.Draft;
import dev.signalbox.testing.contract.MovableClock;
import dev.signalbox.testing.services.StoreDatabase;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What endpoints are on any database. Each test has ids of its own. */
@ParameterizedClass
@MethodSource("dev.signalbox.testing.services.StoreDatabase#each")
class WebhookEndpointsTest {
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final URI URL = URI.create("https://example.org/hook");

    private final MovableClock clock = new MovableClock(START);
    private final String id = UUID.randomUUID().toString();
    private final WebhookKey key = WebhookKey.generate(WebhookKey.Kind.SYMMETRIC);
    private final StoreDatabase where;
    private Database database;
    private WebhookEndpoints endpoints;

    WebhookEndpointsTest(StoreDatabase where) {
        this.where = where;
    }

    @BeforeEach
    void open() {
        database = Database.open(DatabaseConfig.of(where.url()));
        endpoints = WebhookEndpoints.on(database, clock);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void isFoundAsItWasMade() {
        WebhookEndpoint made = create();
        assertThat(made.url()).isEqualTo(URL);
        assertThat(made.description()).isEqualTo("orders");
        assertThat(made.createdAt()).isEqualTo(START);
        assertThat(made.enabled()).isTrue();
        assertThat(made.standing()).isEqualTo(WebhookEndpoint.Standing.NEW);
        assertThat(secrets(made)).containsExactly(key.secret());
        WebhookEndpoint found = endpoints.find(id).orElseThrow();
        assertThat(found.id()).isEqualTo(id);
        assertThat(secrets(found)).containsExactly(key.secret());
        assertThat(found.toString()).doesNotContain(key.secret());
    }

    @Test
    void anIdIsGivenOnce() {
        create();
        var other =
                new Draft(id, URI.create("https://other.example/"), "", WebhookKey.generate(WebhookKey.Kind.ED25519));
        assertThat(endpoints.create(other)).isEmpty();
        assertThat(endpoints.find(id).orElseThrow().url()).isEqualTo(URL);
        assertThat(secrets(endpoints.find(id).orElseThrow())).containsExactly(key.secret());
    }

    @Test
    void aDraftIsChecked() {
        for (String wrong : List.of("", "A", "-a", "a b", "a".repeat(65), "a/b", "ä")) {
            assertThatThrownBy(() -> new Draft(wrong, URL, "", key)).hasMessageContaining("id must be");
        }
        assertThatThrownBy(() -> new Draft("a", URL, "x".repeat(201), key)).hasMessageContaining("description");
        assertThatThrownBy(() -> new Draft("a", URL, "a\nb", key)).hasMessageContaining("description");
    }

    @Test
    void isListedInTheOrderOfIds() {
        String prefix = id;
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            made.add(prefix + i);
            assertThat(endpoints.create(new Draft(prefix + i, URL, "", key))).isPresent();
        }
        endpoints.rotate(prefix + 1, WebhookKey.generate(WebhookKey.Kind.ED25519), Duration.ofDays(1));
        assertThat(endpoints.list(prefix, 3)).extracting(WebhookEndpoint::id).isEqualTo(made.subList(0, 3));
        assertThat(endpoints.list(prefix + 2, 2))
                .extracting(WebhookEndpoint::id)
                .isEqualTo(made.subList(3, 5));
        assertThat(endpoints.list(prefix, 2).getLast().keys()).hasSize(2);
    }

    @Test
    void rotatingKeepsTheOldKeyForAWhile() {
        create();
        var next = WebhookKey.generate(WebhookKey.Kind.ED25519);
        WebhookEndpoint rotated =
                endpoints.rotate(id, next, Duration.ofHours(24)).orElseThrow();
        assertThat(secrets(rotated)).containsExactly(next.secret(), key.secret());
        assertThat(rotated.keys().getLast().until()).contains(START.plus(Duration.ofHours(24)));
        clock.advance(Duration.ofHours(24).minusSeconds(1));
        assertThat(secrets(endpoints.find(id).orElseThrow())).hasSize(2);
        clock.advance(Duration.ofSeconds(1));
        assertThat(secrets(endpoints.find(id).orElseThrow())).containsExactly(next.secret());
    }

    @Test
    void rotatingWithoutOverlapEndsTheOldKeyAtOnce() {
        create();
        var second = WebhookKey.generate(WebhookKey.Kind.SYMMETRIC);
        endpoints.rotate(id, second, Duration.ofHours(24));
        var third = WebhookKey.generate(WebhookKey.Kind.SYMMETRIC);
        assertThat(secrets(endpoints.rotate(id, third, Duration.ZERO).orElseThrow()))
                .containsExactly(third.secret());
    }

    /** A later rotation must not prolong a key that was to end sooner. */
    @Test
    void aKeyNeverEndsLaterThanItWasToldTo() {
        create();
        endpoints.rotate(id, WebhookKey.generate(WebhookKey.Kind.SYMMETRIC), Duration.ofHours(1));
        WebhookEndpoint twice = endpoints
                .rotate(id, WebhookKey.generate(WebhookKey.Kind.SYMMETRIC), Duration.ofDays(7))
                .orElseThrow();
        assertThat(twice.keys().getLast().until()).contains(START.plus(Duration.ofHours(1)));
    }

    @Test
    void theKeysThatSignAreBounded() {
        create();
        for (int i = 1; i < WebhookEndpoints.MOST_KEYS; i++) {
            endpoints.rotate(id, WebhookKey.generate(WebhookKey.Kind.SYMMETRIC), Duration.ofDays(1));
        }
        var one = WebhookKey.generate(WebhookKey.Kind.SYMMETRIC);
        assertThatThrownBy(() -> endpoints.rotate(id, one, Duration.ofDays(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4 keys that sign already");
        assertThat(endpoints.find(id).orElseThrow().keys()).hasSize(4);
        assertThat(endpoints.rotate(id, one, Duration.ZERO).orElseThrow().keys())
                .hasSize(1);
    }

    @Test
    void rotationsAtTheSameTimeAllCount() throws Exception {
        create();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Integer> rotate = () -> endpoints
                    .rotate(id, WebhookKey.generate(WebhookKey.Kind.SYMMETRIC), Duration.ofDays(1))
                    .orElseThrow()
                    .keys()
                    .size();
            List<Integer> sizes = new ArrayList<>();
            for (Future<Integer> done : threads.invokeAll(List.of(rotate, rotate, rotate))) {
                sizes.add(done.get());
            }
            assertThat(sizes).containsExactlyInAnyOrder(2, 3, 4);
        }
    }

    @Test
    void isDisabledOnceAndEnabledOnce() {
        create();
        int before = endpoints.dead();
        assertThat(endpoints.disable(id, Cause.GONE, "it answered\r\n410")).isTrue();
        assertThat(endpoints.disable(id, Cause.OPERATOR, "again")).isFalse();
        WebhookEndpoint disabled = endpoints.find(id).orElseThrow();
        assertThat(disabled.enabled()).isFalse();
        assertThat(disabled.disabled()).contains(new WebhookEndpoint.Disabled(START, Cause.GONE, "it answered 410"));
        assertThat(endpoints.dead()).isEqualTo(before + 1);
        assertThat(endpoints.enable(id)).isTrue();
        assertThat(endpoints.enable(id)).isFalse();
        assertThat(endpoints.find(id).orElseThrow().enabled()).isTrue();
        assertThat(endpoints.dead()).isEqualTo(before);
        endpoints.disable(id, Cause.OPERATOR, "not wanted now");
        assertThat(endpoints.dead()).isEqualTo(before);
    }

    @Test
    void failuresInARowAreCountedFromTheFirst() {
        create();
        endpoints.failed(id, "timeout");
        clock.advance(Duration.ofHours(1));
        WebhookEndpoint failing = endpoints.failed(id, "x".repeat(1_000)).orElseThrow();
        assertThat(failing.standing().failures()).isEqualTo(2);
        assertThat(failing.standing().failingSince()).contains(START);
        assertThat(failing.standing().lastFailure().orElseThrow().at()).isEqualTo(clock.instant());
        assertThat(failing.standing().lastFailure().orElseThrow().reason()).hasSize(500);
        endpoints.succeeded(failing);
        var after = endpoints.find(id).orElseThrow().standing();
        assertThat(after.failures()).isZero();
        assertThat(after.failingSince()).isEmpty();
        assertThat(after.lastSuccess()).contains(clock.instant());
        assertThat(after.lastFailure()).isPresent();
        endpoints.succeeded(endpoints.failed(id, "timeout").orElseThrow());
        assertThat(endpoints.find(id).orElseThrow().standing().failures())
                .as("also within a minute of another success")
                .isZero();
    }

    @Test
    void successesAreWrittenOnceAMinute() {
        create();
        endpoints.succeeded(endpoints.find(id).orElseThrow());
        clock.advance(Duration.ofSeconds(59));
        endpoints.succeeded(endpoints.find(id).orElseThrow());
        assertThat(endpoints.find(id).orElseThrow().standing().lastSuccess()).contains(START);
        clock.advance(Duration.ofSeconds(1));
        endpoints.succeeded(endpoints.find(id).orElseThrow());
        assertThat(endpoints.find(id).orElseThrow().standing().lastSuccess()).contains(clock.instant());
    }

    @Test
    void enablingForgetsFailures() {
        create();
        endpoints.failed(id, "timeout");
        endpoints.disable(id, Cause.FAILING, "dead");
        endpoints.enable(id);
        assertThat(endpoints.find(id).orElseThrow().standing().failures()).isZero();
    }

    @Test
    void isChangedInPart() {
        create();
        URI other = URI.create("https://other.example/");
        assertThat(endpoints.change(id, other, null).orElseThrow().url()).isEqualTo(other);
        WebhookEndpoint renamed = endpoints.change(id, null, "invoices").orElseThrow();
        assertThat(renamed.url()).isEqualTo(other);
        assertThat(renamed.description()).isEqualTo("invoices");
    }

    @Test
    void whatThisNodeChangesItSeesAtOnce() {
        create();
        assertThat(endpoints.recent(id).orElseThrow().enabled()).isTrue();
        endpoints.disable(id, Cause.OPERATOR, "by hand");
        assertThat(endpoints.recent(id).orElseThrow().enabled()).isFalse();
        endpoints.delete(id);
        assertThat(endpoints.recent(id)).isEmpty();
        create();
        assertThat(endpoints.recent(id)).isPresent();
    }

    @Test
    void isDeletedWithItsKeys() {
        create();
        assertThat(endpoints.delete(id)).isTrue();
        assertThat(endpoints.delete(id)).isFalse();
        assertThat(endpoints.find(id)).isEmpty();
        assertThat(secrets(create())).containsExactly(key.secret());
    }

    @Test
    void whatIsNotThereIsNotChanged() {
        assertThat(endpoints.find(id)).isEmpty();
        assertThat(endpoints.failed(id, "timeout")).isEmpty();
        assertThat(endpoints.change(id, URL, "")).isEmpty();
        assertThat(endpoints.rotate(id, key, Duration.ZERO)).isEmpty();
        assertThat(endpoints.disable(id, Cause.OPERATOR, "")).isFalse();
        assertThat(endpoints.enable(id)).isFalse();
    }

    @Test
    void theTablesHaveAHistory() {
        assertThat(WebhookEndpoints.migrations(database))
                .allSatisfy(migration -> assertThat(migration.appliedAt()).isPresent())
                .isNotEmpty();
    }

    private WebhookEndpoint create() {
        return endpoints.create(new Draft(id, URL, "orders", key)).orElseThrow();
    }

    private static List<String> secrets(WebhookEndpoint endpoint) {
        return endpoint.keys().stream().map(each -> each.key().secret()).toList();
    }
}
