package dev.signalbox.server.command;

import dev.signalbox.server.command.Contexts.Context;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.configuration.Secret;
import dev.signalbox.server.rest.AdminToken;
import dev.signalbox.tls.Trust;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a command finds the server and shows who is asking. */
public final class ServerOptions {
    @Option(
            names = "--url",
            paramLabel = "URL",
            description =
                    "The server's control port. Else that of --context, else SIGNALBOX_URL, else that of the context"
                            + " in use, else http://127.0.0.1:8080.")
    private @Nullable URI url;

    @Option(
            names = "--context",
            paramLabel = "NAME",
            description = "A server that `signalbox context add` has named, with its URL, token and certificates.")
    private @Nullable String context;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description =
                    "A file that holds the token. Else that of --context, else SIGNALBOX_TOKEN, else the file that"
                            + " SIGNALBOX_TOKEN_FILE names, else that of the context in use, else the one that a server wrote to"
                            + " its data folder here.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--data",
            paramLabel = "FOLDER",
            description = "The data folder to find the token in. Else SIGNALBOX_DATA_FOLDER, else ./signalbox-data.")
    private @Nullable Path data;

    @Option(
            names = "--ca-file",
            paramLabel = "FILE",
            description =
                    "Certificates in PEM to trust over https. Else the file that SIGNALBOX_CA_FILE names, else those"
                            + " of the JDK.")
    private @Nullable Path caFile;

    private final Map<String, String> environment = System.getenv();

    public RestClient client() {
        Optional<Context> named = named();
        Optional<Context> used = named.isPresent() ? named : inUse();
        return new RestClient(address(named, used), token(named, used), trust(named, used));
    }

    private Optional<Context> named() {
        if (context != null && url != null) {
            throw new CommandFailure(ExitCode.USAGE, "--context and --url both name a server; give one of them");
        }
        return Optional.ofNullable(context)
                .or(() -> variable("SIGNALBOX_CONTEXT").filter(name -> url == null))
                .map(Contexts.load(Contexts.usualFile())::get);
    }

    /** The context in use counts only where nothing else names a server: its token is not for others. */
    private Optional<Context> inUse() {
        if (url != null || variable("SIGNALBOX_URL").isPresent()) {
            return Optional.empty();
        }
        Contexts contexts = Contexts.load(Contexts.usualFile());
        return contexts.current().map(contexts::get);
    }

    private Trust trust(Optional<Context> named, Optional<Context> used) {
        Optional<Path> file = Optional.ofNullable(caFile)
                .or(() -> named.flatMap(Context::caFile))
                .or(() -> variable("SIGNALBOX_CA_FILE").map(Path::of))
                .or(() -> used.flatMap(Context::caFile));
        try {
            return Trust.of(file, false);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, "the certificates to trust: " + FailureText.of(e), e);
        }
    }

    private URI address(Optional<Context> named, Optional<Context> used) {
        if (url != null) {
            return url;
        }
        String text = named.map(Context::url)
                .or(() -> variable("SIGNALBOX_URL"))
                .or(() -> used.map(Context::url))
                .orElse("http://127.0.0.1:8080");
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, "'" + text + "' is not an http or https URL", e);
        }
    }

    /** Empty where a server without authentication may be meant. */
    private Optional<Secret> token(Optional<Context> named, Optional<Context> used) {
        try {
            return Optional.ofNullable(tokenFile)
                    .or(() -> named.flatMap(Context::tokenFile))
                    .map(ServerOptions::read)
                    .or(() -> variable("SIGNALBOX_TOKEN").map(Secret::new))
                    .or(() -> variable("SIGNALBOX_TOKEN_FILE").map(Path::of).map(ServerOptions::read))
                    .or(() -> used.flatMap(Context::tokenFile).map(ServerOptions::read))
                    .or(() -> AdminToken.find(folder()));
        } catch (UncheckedIOException e) {
            throw new CommandFailure(ExitCode.USAGE, "the token cannot be read: " + FailureText.of(e), e);
        }
    }

    private Path folder() {
        if (data != null) {
            return data;
        }
        return Path.of(variable("SIGNALBOX_DATA_FOLDER").orElse("signalbox-data"));
    }

    private static Secret read(Path file) {
        try {
            return new Secret(Files.readString(file).strip());
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.USAGE, "the token file cannot be read: " + FailureText.of(e), e);
        }
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(text -> !text.isEmpty());
    }
}
