package dev.signalbox.benchmarks;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import dev.signalbox.observatory.ObservatoryAppender;
import java.io.IOException;
import java.time.Duration;

/** Ours behind Logback, as {@link ObservatoryLoki4j} is: what a call costs there is Logback's part and the appender's. */
final class ObservatoryOursAppender implements ObservatorySystem {
    private final ObservatoryOurs ours;
    private final LoggerContext context = new LoggerContext();
    private final Logger logger;

    private ObservatoryOursAppender(ObservatoryOurs ours) {
        this.ours = ours;
        context.setMDCAdapter(new LogbackMDCAdapter());
        ObservatoryAppender appender = new ObservatoryAppender();
        appender.setContext(context);
        appender.setObservatory(ours.observatory());
        appender.start();
        context.getLogger("ROOT").addAppender(appender);
        logger = context.getLogger("bench");
    }

    static ObservatoryOursAppender open(ObservatorySinkProcess sink, Duration patience) throws IOException {
        return new ObservatoryOursAppender(ObservatoryOurs.open(sink, patience));
    }

    @Override
    public void log(String message) {
        logger.info(message);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        context.stop();
        ours.close();
    }
}
