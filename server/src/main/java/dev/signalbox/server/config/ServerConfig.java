package dev.signalbox.server.config;

import dev.signalbox.server.llm.LlmConfig;
import dev.signalbox.server.rest.Role;
import dev.signalbox.server.configuration.Secret;

import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.sms.HttpSmsOptions;
import dev.signalbox.observatory.ObservatoryOptions;
import dev.signalbox.observatory.WireFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** All settings of a server, checked. What each means, its range and its default are in docs/configuration.md. */
public record ServerConfig(
        Path dataFolder,
        Control control,
        Auth auth,
        Clients clients,
        DatabaseConfig database,
        Delivery delivery,
        Optional<HttpSmsOptions> sms,
        Session session,
        LlmConfig llm,
        Exec exec,
        Optional<CommandSending> commandSending,
        Optional<LogShipping> logShipping,
        Log log,
        Duration shutdownTimeout) {

    /** Files in PEM; both are readable when the configuration is loaded. */
    public record Pem(Path certificate, Path key) {}

    /** Where people and services connect. {@code maxBody} is in bytes. */
    public record Control(String host, int port, Optional<Pem> tls, int maxBody, ControlLimits limits) {}

    /** How much of the control port its clients may take. {@code minBodyRate} is in bytes a second. */
    public record ControlLimits(
            Duration headerTimeout,
            Duration bodyTimeout,
            long minBodyRate,
            Duration idleTimeout,
            int maxConnections,
            int maxConnectionsPerAddress,
            int maxRequests,
            int maxRequestsPerPrincipal) {}

    /** Who may use the control port. */
    public record Auth(boolean disabled, List<Holder> holders) {}

    public record Holder(String name, Role role, Secret token) {}

    /** Where clients connect, and what each may do. {@code maxMessage} is in bytes, {@code rate} in messages a second. */
    public record Clients(
            String host,
            int port,
            Optional<Pem> tls,
            int maxMessage,
            Duration idleTimeout,
            Duration authTimeout,
            int rate,
            int maxConnections,
            int maxConnectionsPerAddress,
            List<ClientToken> tokens,
            Optional<Secret> jwtSecret) {}

    public record ClientToken(String client, Secret token) {}

    public record Delivery(
            Duration lease,
            Duration pollInterval,
            int maxAttempts,
            Retry retry,
            int liveConcurrency,
            Duration liveTimeout) {}

    public record Retry(Duration base, double factor, Duration max, double jitter) {}

    /** The session bus. {@code maxEvent} is in bytes; {@code url} is that of Redis or MongoDB. */
    public record Session(
            SessionStoreKind store,
            Optional<Secret> url,
            long maxEvents,
            Duration maxAge,
            int maxEvent,
            int maxStreams,
            List<String> clientSessions) {}

    /** Where sessions are kept. */
    public enum SessionStoreKind {
        MEMORY,
        DATABASE,
        REDIS,
        MONGODB
    }

    /** Commands that clients may run. {@code clients} are ids, or {@code *} for all. */
    public record Exec(List<ExecCommand> commands, List<String> clients) {}

    /** {@code maxOutput} is in bytes; {@code environment} is NAME=value, with blanks in between. */
    public record ExecCommand(
            String name,
            List<String> words,
            List<Pattern> arguments,
            Optional<Path> dir,
            Optional<Secret> environment,
            Duration timeout,
            int maxOutput,
            int concurrency) {}

    /** A channel whose messages a command sends. */
    public record CommandSending(
            String channel,
            List<String> words,
            Duration timeout,
            int concurrency,
            int retryCode,
            Duration keyLifetime) {}

    /** What of the log is shipped, and what a destination is sent that a request names. */
    public record LogShipping(ObservatoryOptions options, WireFormat contextFormat) {}

    public record Log(LogFormat format, LogLevel level) {}

    /** How a line of the log looks. */
    public enum LogFormat {
        PLAIN,
        JSON
    }

    public enum LogLevel {
        TRACE,
        DEBUG,
        INFO,
        WARN,
        ERROR
    }
}
