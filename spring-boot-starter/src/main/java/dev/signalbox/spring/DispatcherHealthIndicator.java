package dev.signalbox.spring;

import dev.signalbox.delivery.queue.Dispatcher;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** How the dispatcher fares. One that is only slower than it could be is up, with the reason in the details. */
record DispatcherHealthIndicator(Dispatcher dispatcher) implements HealthIndicator {
    @Override
    public Health health() {
        Dispatcher.Health health = dispatcher.health();
        Health.Builder builder = health.level() == Dispatcher.Level.DOWN ? Health.down() : Health.up();
        builder.withDetail("level", health.level()).withDetail("dispatch", dispatcher.state());
        health.problem().ifPresent(problem -> builder.withDetail("problem", problem));
        return builder.build();
    }
}
