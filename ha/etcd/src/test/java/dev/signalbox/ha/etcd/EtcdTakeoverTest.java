package dev.signalbox.ha.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.ha.lease.Acquisition;
import dev.signalbox.ha.lease.LeaseState;
import dev.signalbox.ha.lease.LeaseStore;
import dev.signalbox.testing.services.RealEtcd;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Leases of five minutes that are taken by one that saw no renewal for so long by its own clock, which the test sets. */
class EtcdTakeoverTest {
    private static final Duration TTL = Duration.ofMinutes(5);
    private static final Duration MOMENT = Duration.ofNanos(1);

    private final String prefix = "/" + UUID.randomUUID() + "/";
    private final HttpClient client = HttpClient.newHttpClient();
    private final AtomicLong nanos = new AtomicLong();
    private final LeaseStore holding =
            EtcdLeases.open(client, List.of(RealEtcd.shared().url()), prefix);
    private final LeaseStore waiting = waiting();

    private LeaseStore waiting() {
        Gateway gateway =
                new Gateway(client, List.of(RealEtcd.shared().url()), Optional.empty(), Duration.ofSeconds(30));
        return new EtcdStore(gateway, prefix, nanos::get);
    }

    @AfterEach
    void close() {
        client.close();
    }

    private static long granted(Acquisition result) {
        assertThat(result).isInstanceOf(Acquisition.Granted.class);
        return ((Acquisition.Granted) result).epoch();
    }

    /** Returns how long the one that waits believes that it has to. */
    private Duration refused() {
        Acquisition result = waiting.acquire("a", "two", Duration.ofSeconds(2));
        assertThat(result).isInstanceOf(Acquisition.Refused.class);
        return ((Acquisition.Refused) result).holder().remaining();
    }

    private void elapse(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void aHolderThatDoesNotRenewIsFollowedAfterItsTime() {
        long first = granted(holding.acquire("a", "one", TTL));
        assertThat(refused()).isEqualTo(TTL);
        elapse(TTL.minus(MOMENT));
        assertThat(refused()).isEqualTo(MOMENT);
        elapse(MOMENT);

        long second = granted(waiting.acquire("a", "two", TTL));

        assertThat(second).isGreaterThan(first);
        assertThat(holding.renew("a", "one", first, TTL)).isFalse();
        assertThat(holding.release("a", "one", first)).isFalse();
        assertThat(holding.find("a").map(LeaseState::owner)).contains("two");
        assertThat(waiting.renew("a", "two", second, TTL)).isTrue();
    }

    @Test
    void theTimeBeginsAnewWithEachRenewal() {
        long epoch = granted(holding.acquire("a", "one", TTL));
        for (int i = 0; i < 5; i++) {
            assertThat(refused()).isEqualTo(TTL);
            elapse(TTL.minus(MOMENT));
            assertThat(holding.renew("a", "one", epoch, TTL)).isTrue();
        }
        assertThat(refused()).isEqualTo(TTL);
    }

    @Test
    void theTimeBeginsAnewWithEachTerm() {
        long epoch = granted(holding.acquire("a", "one", TTL));
        refused();
        elapse(TTL.minus(MOMENT));
        assertThat(holding.release("a", "one", epoch)).isTrue();
        granted(holding.acquire("a", "one", TTL));

        assertThat(refused()).isEqualTo(TTL);
    }

    /** The holder may have renewed a moment ago, for all that one knows who looks for the first time. */
    @Test
    void oneThatComesLaterWaitsForTheWholeTime() {
        granted(holding.acquire("a", "one", TTL));
        refused();
        elapse(TTL);

        Acquisition result = waiting().acquire("a", "three", TTL);

        assertThat(result).isInstanceOf(Acquisition.Refused.class);
        granted(waiting.acquire("a", "two", TTL));
    }

    @Test
    void oneThatRenewsForLongerIsWaitedForLonger() {
        long epoch = granted(holding.acquire("a", "one", TTL));
        assertThat(holding.renew("a", "one", epoch, TTL.multipliedBy(2))).isTrue();

        assertThat(refused()).isEqualTo(TTL.multipliedBy(2));
        assertThat(waiting.find("a").map(LeaseState::remaining)).contains(TTL.multipliedBy(2));
    }

    @Test
    void whatIsOverdueIsHeldUntilItIsTaken() {
        long epoch = granted(holding.acquire("a", "one", TTL));
        refused();
        elapse(TTL);

        assertThat(waiting.find("a")).hasValueSatisfying(held -> {
            assertThat(held.epoch()).isEqualTo(epoch);
            assertThat(held.remaining()).isPositive();
        });
        assertThat(holding.renew("a", "one", epoch, TTL)).isTrue();
        assertThat(refused()).isEqualTo(TTL);
    }

    @Test
    void aNameThatAnotherBeginsWithIsAnotherLease() {
        long epoch = granted(holding.acquire("a", "one", TTL));
        granted(holding.acquire("a!", "one", TTL));
        granted(holding.acquire("a-renewed", "one", TTL));

        assertThat(holding.release("a", "one", epoch)).isTrue();

        assertThat(holding.find("a")).isEmpty();
        assertThat(holding.find("a!")).isPresent();
        assertThat(holding.find("a-renewed")).isPresent();
    }

    /** Such as an operator's, in the place of a lease whose last renewal is still there: nothing tells when it ends, so only its end does. */
    @Test
    void aKeyOfAnotherProgramIsNeverTaken() throws Exception {
        granted(holding.acquire("a", "one", TTL));
        HttpRequest put = HttpRequest.newBuilder(RealEtcd.shared().url().resolve("/v3/kv/put"))
                .POST(BodyPublishers.ofString("{\"key\":\"" + Transaction.base64(prefix + "a") + "\",\"value\":\""
                        + Transaction.base64("operator") + "\"}"))
                .build();
        assertThat(client.send(put, BodyHandlers.ofString()).statusCode()).isEqualTo(200);

        assertThat(refused()).isPositive();
        elapse(Duration.ofDays(1));
        assertThat(refused()).isPositive();
    }

    @Test
    void ofTooManyLeasesTheEldestIsSeenAnew() {
        SeenRenewals seen = new SeenRenewals(nanos::get);
        seen.age("eldest", 1);
        elapse(TTL);
        for (int i = 1; i < SeenRenewals.MOST; i++) {
            seen.age("other-" + i, 1);
        }
        assertThat(seen.age("eldest", 1)).isEqualTo(TTL);
        seen.age("one more", 1);
        seen.age("and another", 1);
        elapse(TTL);

        assertThat(seen.age("and another", 1)).isEqualTo(TTL);
        assertThat(seen.age("eldest", 1)).isEqualTo(TTL.multipliedBy(2));
        assertThat(seen.age("other-1", 1)).isZero();
    }
}
