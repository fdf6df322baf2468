package dev.signalbox.benchmarks;

import dev.signalbox.ha.lease.Acquisition;
import dev.signalbox.ha.lease.LeaseStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How long it takes to take a lease, to renew it and to give it back, on each store. */
final class LeaseBenchmark implements Benchmark {
    private static final Duration TTL = Duration.ofSeconds(10);

    private final LeaseStores stores = new LeaseStores();
    private final List<LeasePlace> places = new ArrayList<>();

    @Override
    public List<Case> cases(Settings settings) {
        List<Case> cases = new ArrayList<>();
        stores.urls().forEach((system, url) -> {
            LeasePlace place = LeasePlace.open(url);
            places.add(place);
            cases.add(duration -> measure(system, place.store(), duration));
        });
        return cases;
    }

    private static List<Sample> measure(String system, LeaseStore store, Duration duration) {
        Percentiles taking = new Percentiles();
        Percentiles renewing = new Percentiles();
        Percentiles releasing = new Percentiles();
        long end = System.nanoTime() + duration.toNanos();
        long last = 0;
        while (System.nanoTime() < end || taking.count() < 10) {
            long begun = System.nanoTime();
            long epoch = taken(store, last);
            long taken = System.nanoTime();
            require(store.renew("bench", "one", epoch, TTL), "renewed");
            long renewed = System.nanoTime();
            require(store.release("bench", "one", epoch), "released");
            releasing.add(System.nanoTime() - renewed);
            renewing.add(renewed - taken);
            taking.add(taken - begun);
            last = epoch;
        }
        List<Sample> samples = new ArrayList<>(taking.samples("lease taken", system));
        samples.addAll(renewing.samples("lease renewed", system));
        samples.addAll(releasing.samples("lease released", system));
        return samples;
    }

    private static long taken(LeaseStore store, long last) {
        if (store.acquire("bench", "one", TTL) instanceof Acquisition.Granted granted) {
            require(granted.epoch() > last, "given a greater epoch than " + last);
            return granted.epoch();
        }
        throw new IllegalStateException("a free lease was refused");
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException("the lease was not " + what);
        }
    }

    @Override
    public void close() {
        for (LeasePlace place : places) {
            try {
                place.close();
            } catch (Exception e) {
                throw new IllegalStateException("a store did not close", e);
            }
        }
        stores.close();
    }
}
