package dev.signalbox.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.test.context.TestPropertySource;

/**
 * Gives a test a queue of its own, beside {@code @SpringBootTest} or a slice of it: the application enqueues into a queue that nobody
 * else sees, and nothing is sent until the test says so, with {@link TestDeliveries}. A transaction that is rolled back leaves no
 * message. With {@code signalbox-testing-endpoint}, there is a {@link dev.signalbox.testing.endpoint.StubEndpoint}, too, whose clients
 * the test plays.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ImportAutoConfiguration(TestDeliveriesAutoConfiguration.class)
@TestPropertySource(properties = "signalbox.delivery.dispatch=false")
public @interface SignalboxTest {}
