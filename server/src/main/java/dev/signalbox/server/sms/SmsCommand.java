package dev.signalbox.server.sms;

import dev.signalbox.delivery.sms.Alphabet;
import dev.signalbox.delivery.sms.SmsText;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.Output;
import dev.signalbox.server.command.RestClient;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What concerns text messages alone. */
@Command(
        name = "sms",
        description = "Tells how a text message is carried and billed.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = SmsCommand.Segments.class)
final class SmsCommand {

    /** Counts segments, without a server. */
    @Command(
            name = "segments",
            description =
                    "Counts the segments of a text, each of which networks carry and bill as a message. Sends nothing.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExamples:%n",
            footer = {
                "  signalbox sms segments \"Your table is ready\"",
                "  signalbox sms segments --json \"Été à Paris\""
            })
    public static final class Segments implements Callable<Integer> {
        @Parameters(paramLabel = "TEXT", description = "The text of the message.")
        private String text = "";

        @Option(names = "--json", description = "Prints JSON.")
        private boolean json;

        @Mixin
        private final Output output = new Output();

        private record Counted(String alphabet, int characters, int units, int room, List<String> segments) {
            static Counted of(SmsText text) {
                int characters = text.text().codePointCount(0, text.text().length());
                return new Counted(name(text.alphabet()), characters, text.units(), text.room(), text.segments());
            }

            private static String name(Alphabet alphabet) {
                return alphabet.name().toLowerCase(Locale.ROOT).replace('_', '-');
            }
        }

        @Override
        public Integer call() {
            var counted = Counted.of(SmsText.of(text));
            output.result(json ? RestClient.JSON.writeValueAsString(counted) : sentence(counted));
            return ExitCode.OK;
        }

        private static String sentence(Counted counted) {
            int segments = counted.segments().size();
            return segments + (segments == 1 ? " segment" : " segments") + " of " + counted.alphabet() + ": "
                    + counted.characters() + " characters, " + counted.units() + " units, room for " + counted.room()
                    + " more";
        }
    }
}
