package dev.signalbox.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.ha.lease.LeaseStore;
import dev.signalbox.testing.services.RealPostgres;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.transaction.annotation.Transactional;

/** Leased methods run on one node at a time, under a lease that they can fence with. */
class LeaseAutoConfigurationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    record Run(String owner, long epoch) {}

    /** In no transaction where there is no lease: the lease is asked for first. */
    static class Reports {
        private final List<Run> runs = new CopyOnWriteArrayList<>();

        @Scheduled(fixedDelay = 20)
        @Leased("reports")
        @Transactional
        public void report() {
            runs.add(new Run(CurrentLease.get().owner(), CurrentLease.get().epoch()));
        }

        List<Run> runs() {
            return runs;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableScheduling
    static class Application {
        @Bean
        Reports reports() {
            return new Reports();
        }
    }

    private static ConfigurableApplicationContext start(String url, String node) {
        return new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .registerShutdownHook(false)
                .properties("spring.datasource.url=" + url, "signalbox.leases.node=" + node)
                .properties("signalbox.leases.poll=100ms", "spring.main.banner-mode=off")
                .run();
    }

    @Test
    void aScheduledMethodRunsOnOneNodeAndMovesWhenThatOneStops() {
        String url = RealPostgres.shared().freshDatabase();
        ConfigurableApplicationContext first = start(url, "first");
        Reports ofFirst = first.getBean(Reports.class);
        Awaitility.await().atMost(PATIENCE).until(() -> ofFirst.runs().size() > 2);
        try (ConfigurableApplicationContext second = start(url, "second")) {
            Reports ofSecond = second.getBean(Reports.class);
            int before = ofFirst.runs().size();
            Awaitility.await().atMost(PATIENCE).until(() -> ofFirst.runs().size() > before + 2);
            assertThat(ofSecond.runs()).isEmpty();
            ofSecond.report();
            assertThat(ofSecond.runs()).isEmpty();

            first.close();

            Awaitility.await().atMost(PATIENCE).until(() -> !ofSecond.runs().isEmpty());
            assertThat(ofFirst.runs()).allSatisfy(run -> assertThat(run.owner()).startsWith("first/"));
            assertThat(ofSecond.runs().getFirst().owner()).startsWith("second/");
            assertThat(ofSecond.runs().getFirst().epoch())
                    .isGreaterThan(ofFirst.runs().getLast().epoch());
        } finally {
            first.close();
        }
    }

    @Test
    void outsideOfALeasedMethodThereIsNoLease() {
        assertThatThrownBy(CurrentLease::get).isInstanceOf(IllegalStateException.class);
    }

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(DatabaseAutoConfiguration.class, LeaseAutoConfiguration.class));

    static class Returning {
        @Leased("one")
        public String answer() {
            return "";
        }
    }

    static class Wide {
        private final AtomicInteger runs = new AtomicInteger();

        @Leased("wide")
        public void run() {
            runs.incrementAndGet();
        }

        int runs() {
            return runs.get();
        }
    }

    @Test
    void aMethodThatReturnsSomethingIsRefusedAtStart() {
        runner.withBean(LeaseStore.class, LeaseStore::inMemory)
                .withBean(Returning.class)
                .run(context ->
                        assertThat(context).getFailure().rootCause().hasMessageContaining("have it return void"));
    }

    @Test
    void withoutAStoreTheStartFails() {
        runner.withBean(Wide.class)
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("LeaseStore"));
        runner.run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void theStoreCanBeTheApplicationsOwn() {
        runner.withBean(LeaseStore.class, LeaseStore::inMemory)
                .withBean(Wide.class)
                .run(context -> {
                    Wide wide = context.getBean(Wide.class);
                    Awaitility.await().atMost(PATIENCE).until(() -> {
                        wide.run();
                        return wide.runs() > 0;
                    });
                    context.getBean(LeasedElections.class).stop();
                    int before = wide.runs();
                    wide.run();
                    assertThat(wide.runs()).isEqualTo(before);
                });
    }
}
