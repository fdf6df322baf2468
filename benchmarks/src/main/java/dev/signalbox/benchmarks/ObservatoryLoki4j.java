package dev.signalbox.benchmarks;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.joran.spi.JoranException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;

/** Loki4j's appender for Logback, configured as its guide begins. */
final class ObservatoryLoki4j implements ObservatorySystem {
    private final LoggerContext context = new LoggerContext();
    private final Logger logger;

    private ObservatoryLoki4j(String url) throws JoranException {
        context.setMDCAdapter(new LogbackMDCAdapter());
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(new ByteArrayInputStream(configuration(url).getBytes(StandardCharsets.UTF_8)));
        logger = context.getLogger("bench");
        if (!logger.isEnabledFor(Level.INFO)
                || !context.getLogger("ROOT").iteratorForAppenders().hasNext()) {
            throw new IllegalStateException("Loki4j was not configured");
        }
    }

    private static String configuration(String url) {
        return """
            <configuration>
              <appender name="LOKI" class="com.github.loki4j.logback.Loki4jAppender">
                <http>
                  <url>%s/loki/api/v1/push</url>
                </http>
                <labels>app=bench</labels>
              </appender>
              <root level="INFO">
                <appender-ref ref="LOKI"/>
              </root>
            </configuration>
            """.formatted(url);
    }

    static ObservatoryLoki4j open(ObservatorySinkProcess sink) throws JoranException {
        return new ObservatoryLoki4j(sink.uri().toString());
    }

    @Override
    public void log(String message) {
        logger.info(message);
    }

    @Override
    public void close() {
        context.stop();
    }
}
