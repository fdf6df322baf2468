package dev.signalbox.server.command;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Names servers, so that commands need not repeat their URL and token. */
@Command(
        name = "context",
        description = {
            "Names servers, so that commands need not repeat their URL and token.",
            "They are kept in $XDG_CONFIG_HOME/signalbox/contexts.yaml (else ~/.config), which names files of tokens and"
                    + " holds none."
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ContextCommand.Add.class,
            ContextCommand.Use.class,
            ContextCommand.Listing.class,
            ContextCommand.Show.class,
            ContextCommand.Remove.class
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  signalbox context add prod https://signalbox.example.com --token-file ~/.signalbox-prod",
            "  signalbox context use prod",
            "  signalbox queue status --context prod"
        })
public final class ContextCommand {

    /** What the commands have in common. */
    abstract static class Change implements Callable<Integer> {
        @Mixin
        private final Output output = new Output();

        Output output() {
            return output;
        }

        @Override
        public Integer call() {
            run(Contexts.load(Contexts.usualFile()));
            return ExitCode.OK;
        }

        abstract void run(Contexts contexts);
    }

    /** Adds or replaces one. The first is in use at once. */
    @Command(name = "add", description = "Adds a server, or replaces it.", mixinStandardHelpOptions = true)
    static final class Add extends Change {
        @Parameters(index = "0", paramLabel = "NAME", description = "Letters, digits, dot, dash and underscore.")
        private String name = "";

        @Parameters(index = "1", paramLabel = "URL", description = "The server's control port.")
        private URI url = URI.create("");

        @Option(names = "--token-file", paramLabel = "FILE", description = "A file that holds the token.")
        private @Nullable Path tokenFile;

        @Option(names = "--ca-file", paramLabel = "FILE", description = "Certificates in PEM to trust.")
        private @Nullable Path caFile;

        @Override
        void run(Contexts contexts) {
            contexts.with(name, new Contexts.Context(url.toString(), absolute(tokenFile), absolute(caFile)))
                    .save();
            output().result("added " + name);
        }

        private static Optional<Path> absolute(@Nullable Path file) {
            return Optional.ofNullable(file).map(Path::toAbsolutePath);
        }
    }

    /** Chooses one. */
    @Command(
            name = "use",
            description = "Makes a server the default one of all commands.",
            mixinStandardHelpOptions = true)
    static final class Use extends Change {
        @Parameters(paramLabel = "NAME", description = "The server's name, as `context list` prints it.")
        private String name = "";

        @Override
        void run(Contexts contexts) {
            contexts.using(name).save();
            output().result("using " + name);
        }
    }

    /** Lists them. */
    @Command(name = "list", description = "Lists the servers; * is the one in use.", mixinStandardHelpOptions = true)
    static final class Listing extends Change {
        @Option(names = "--json", description = "Prints JSON.")
        private boolean json;

        @Override
        void run(Contexts contexts) {
            if (json) {
                output().result(contexts.json());
                return;
            }
            var table = new Table("", "NAME", "URL", "TOKEN FILE");
            contexts.all()
                    .forEach((name, context) -> table.row(
                            contexts.current().equals(Optional.of(name)) ? "*" : "",
                            name,
                            context.url(),
                            context.tokenFile().map(Path::toString).orElse("")));
            table.print(output().out());
            output().flush();
        }
    }

    /** Shows one. */
    @Command(name = "show", description = "Shows a server, by default the one in use.", mixinStandardHelpOptions = true)
    static final class Show extends Change {
        @Parameters(
                arity = "0..1",
                paramLabel = "NAME",
                description = "The server's name, as `context list` prints it.")
        private @Nullable String name;

        @Option(names = "--json", description = "Prints JSON.")
        private boolean json;

        @Override
        void run(Contexts contexts) {
            String shown = Optional.ofNullable(name)
                    .or(contexts::current)
                    .orElseThrow(() -> new CommandFailure(
                            ExitCode.USAGE, "no context is in use\nChoose one with: signalbox context use NAME"));
            Contexts.Context context = contexts.get(shown);
            if (json) {
                output().result(context.json().put("name", shown));
                return;
            }
            output().result("name        " + shown);
            output().result("url         " + context.url());
            context.tokenFile().ifPresent(file -> output().result("token file  " + file));
            context.caFile().ifPresent(file -> output().result("CA file     " + file));
        }
    }

    /** Removes one. */
    @Command(name = "remove", description = "Forgets a server.", mixinStandardHelpOptions = true)
    static final class Remove extends Change {
        @Parameters(paramLabel = "NAME", description = "The server's name, as `context list` prints it.")
        private String name = "";

        @Override
        void run(Contexts contexts) {
            contexts.without(name).save();
            output().result("removed " + name);
        }
    }
}
