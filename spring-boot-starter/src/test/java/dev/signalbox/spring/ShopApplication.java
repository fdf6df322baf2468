package dev.signalbox.spring;

import dev.signalbox.delivery.queue.DeliveryQueue;
import java.util.List;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/** An application with everything that Boot and the starter configure by themselves. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class ShopApplication {
    /** Starts it on a database, with a table of its own. */
    static ConfigurableApplicationContext start(String url, String... properties) {
        ConfigurableApplicationContext application = new SpringApplicationBuilder(ShopApplication.class)
                .web(WebApplicationType.NONE)
                .registerShutdownHook(false)
                .properties("spring.datasource.url=" + url, "spring.main.banner-mode=off")
                .properties(properties)
                .run();
        application.getBean(JdbcTemplate.class).execute("create table if not exists orders (what varchar(100))");
        return application;
    }

    @Bean
    RecordingSender sender() {
        return new RecordingSender();
    }

    @Bean
    Shop shop(JdbcTemplate jdbc, DeliveryQueue queue) {
        return new Shop(jdbc, queue);
    }

    @Bean
    StoppedLast stoppedLast(RecordingSender sender) {
        return new StoppedLast(sender);
    }

    /** A part of the application that stops after the dispatcher. */
    static final class StoppedLast implements SmartLifecycle {
        private final RecordingSender sender;
        private volatile boolean running;
        private volatile List<String> sentAtItsStop = List.of();

        StoppedLast(RecordingSender sender) {
            this.sender = sender;
        }

        List<String> sentAtItsStop() {
            return sentAtItsStop;
        }

        @Override
        public void start() {
            running = true;
        }

        @Override
        public void stop() {
            sentAtItsStop = List.copyOf(sender.bodies);
            running = false;
        }

        @Override
        public boolean isRunning() {
            return running;
        }

        @Override
        public int getPhase() {
            return DispatcherLifecycle.PHASE - 1;
        }
    }
}
