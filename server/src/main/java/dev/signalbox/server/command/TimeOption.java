package dev.signalbox.server.command;

import dev.signalbox.server.configuration.DurationText;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;

/** Durations on the command line, in the words of the configuration. */
public final class TimeOption implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
        return DurationText.parse(text);
    }
}
