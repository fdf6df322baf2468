package dev.signalbox.spring;

import dev.signalbox.router.Authorizer;
import dev.signalbox.router.Endpoint;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterListener;
import dev.signalbox.router.RouterOptions;
import java.time.InstantSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** A router with the application's logic, over its endpoints; options, listener and authorizer are beans if they are wanted. */
@AutoConfiguration
@ConditionalOnClass(Router.class)
@ConditionalOnBooleanProperty(name = "signalbox.router.enabled", matchIfMissing = true)
@EnableConfigurationProperties(RouterProperties.class)
final class RouterAutoConfiguration {

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    Router router(
            ObjectProvider<RouterOptions> options,
            ObjectProvider<RouterListener> listener,
            ObjectProvider<Authorizer> authorizer) {
        Router router = Router.create(
                options.getIfUnique(RouterOptions::defaults),
                listener.getIfUnique(() -> RouterListener.NONE),
                InstantSource.system());
        authorizer.ifUnique(router::authorize);
        return router;
    }

    @Bean
    static LogicPostProcessor logicPostProcessor() {
        return new LogicPostProcessor();
    }

    @Bean
    RouterLifecycle routerLifecycle(
            Router router,
            LogicPostProcessor logic,
            ObjectProvider<Endpoint> endpoints,
            ObjectProvider<RouterOptions> options) {
        return new RouterLifecycle(
                router,
                logic::logic,
                endpoints.orderedStream().toList(),
                options.getIfUnique(RouterOptions::defaults).drain());
    }
}
