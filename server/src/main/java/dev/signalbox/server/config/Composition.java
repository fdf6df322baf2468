package dev.signalbox.server.config;

import dev.signalbox.server.observatory.ObservatoryComposition;
import dev.signalbox.server.exec.ExecComposition;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.llm.LlmComposition;
import dev.signalbox.server.configuration.DurationText;
import dev.signalbox.server.configuration.Secret;

import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.database.Dialect;
import dev.signalbox.delivery.sms.HttpSmsOptions;
import dev.signalbox.server.config.ServerConfig.Auth;
import dev.signalbox.server.config.ServerConfig.ClientToken;
import dev.signalbox.server.config.ServerConfig.Clients;
import dev.signalbox.server.config.ServerConfig.Control;
import dev.signalbox.server.config.ServerConfig.ControlLimits;
import dev.signalbox.server.config.ServerConfig.Delivery;
import dev.signalbox.server.config.ServerConfig.Holder;
import dev.signalbox.server.config.ServerConfig.Log;
import dev.signalbox.server.config.ServerConfig.Pem;
import dev.signalbox.server.config.ServerConfig.Retry;
import dev.signalbox.server.config.ServerConfig.Session;
import dev.signalbox.server.config.ServerConfig.SessionStoreKind;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** Puts the values together, and checks what concerns several of them. */
final class Composition {
    private final Reading reading;

    Composition(Reading reading) {
        this.reading = reading;
    }

    ServerConfig compose() {
        var folder = reading.get(Keys.DATA_FOLDER);
        var database = database(folder);
        return new ServerConfig(
                folder,
                control(),
                auth(),
                clients(),
                database,
                delivery(),
                sms(),
                session(database.dialect()),
                new LlmComposition(reading).compose(),
                ExecComposition.commands(reading),
                ExecComposition.sending(reading),
                new ObservatoryComposition(reading).compose(folder),
                log(),
                shutdown());
    }

    private Control control() {
        return new Control(
                reading.get(Keys.CONTROL_HOST),
                reading.get(Keys.CONTROL_PORT),
                pem(Keys.CONTROL_CERTIFICATE, Keys.CONTROL_KEY),
                Math.toIntExact(reading.get(Keys.CONTROL_MAX_BODY)),
                controlLimits());
    }

    private ControlLimits controlLimits() {
        return new ControlLimits(
                reading.get(Keys.CONTROL_HEADER_TIMEOUT),
                reading.get(Keys.CONTROL_BODY_TIMEOUT),
                reading.get(Keys.CONTROL_MIN_BODY_RATE),
                reading.get(Keys.CONTROL_IDLE),
                reading.get(Keys.CONTROL_MAX_CONNECTIONS),
                reading.get(Keys.CONTROL_MAX_PER_ADDRESS),
                reading.get(Keys.CONTROL_MAX_REQUESTS),
                reading.get(Keys.CONTROL_MAX_PER_PRINCIPAL));
    }

    private Optional<Pem> pem(Key<Path> certificateKey, Key<Path> keyKey) {
        var certificate = reading.find(certificateKey);
        var key = reading.find(keyKey);
        reading.check(certificate.isPresent() || key.isEmpty(), certificateKey, "is required with " + keyKey.path());
        reading.check(key.isPresent() || certificate.isEmpty(), keyKey, "is required with " + certificateKey.path());
        certificate.ifPresent(file -> readable(certificateKey, file));
        key.ifPresent(file -> readable(keyKey, file));
        return certificate.flatMap(c -> key.map(k -> new Pem(c, k)));
    }

    private void readable(Key<Path> key, Path file) {
        reading.check(Files.isReadable(file) && Files.isRegularFile(file), key, "'" + file + "' is not a file to read");
    }

    private Auth auth() {
        var holders = new ArrayList<Holder>();
        for (int i = 0; i < reading.size(Keys.AUTH_TOKEN); i++) {
            var name = reading.require(Keys.AUTH_NAME, i);
            var token = reading.require(Keys.AUTH_TOKEN, i).map(Secret::new);
            var role = reading.get(Keys.AUTH_ROLE, i);
            token.flatMap(t -> name.map(n -> new Holder(n, role, t))).ifPresent(holders::add);
        }
        distinct(Keys.AUTH_TOKEN, holders.stream().map(Holder::token).toList());
        var disabled = reading.get(Keys.AUTH_DISABLED);
        reading.check(!disabled || holders.isEmpty(), Keys.AUTH_DISABLED, "is true, and yet auth.tokens are given");
        reading.check(
                !disabled || reading.get(Keys.AUTH_ALLOW_ANYONE) || isLoopback(reading.get(Keys.CONTROL_HOST)),
                Keys.AUTH_DISABLED,
                "is true, and control.host lets the network in: set control.host to 127.0.0.1, or confirm with"
                        + " auth.allow-anyone: true that anyone on the network may do everything");
        return new Auth(disabled, List.copyOf(holders));
    }

    /** Names other than localhost are not looked up: what they stand for can change after the check. */
    private static boolean isLoopback(String host) {
        try {
            return host.equalsIgnoreCase("localhost")
                    || InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException name) {
            return false;
        }
    }

    private Clients clients() {
        return new Clients(
                reading.get(Keys.CLIENTS_HOST),
                reading.get(Keys.CLIENTS_PORT),
                pem(Keys.CLIENTS_CERTIFICATE, Keys.CLIENTS_KEY),
                Math.toIntExact(reading.get(Keys.CLIENTS_MAX_MESSAGE)),
                reading.get(Keys.CLIENTS_IDLE),
                reading.get(Keys.CLIENTS_AUTH),
                reading.get(Keys.CLIENTS_RATE),
                reading.get(Keys.CLIENTS_MAX),
                reading.get(Keys.CLIENTS_MAX_PER_ADDRESS),
                clientTokens(),
                reading.find(Keys.CLIENTS_JWT_SECRET).map(Secret::new));
    }

    private List<ClientToken> clientTokens() {
        var tokens = new ArrayList<ClientToken>();
        for (int i = 0; i < reading.size(Keys.CLIENT_TOKEN); i++) {
            var client = reading.require(Keys.CLIENT_ID, i);
            var token = reading.require(Keys.CLIENT_TOKEN, i).map(Secret::new);
            token.flatMap(t -> client.map(c -> new ClientToken(c, t))).ifPresent(tokens::add);
        }
        distinct(Keys.CLIENT_TOKEN, tokens.stream().map(ClientToken::token).toList());
        return List.copyOf(tokens);
    }

    private void distinct(Key<?> key, List<Secret> tokens) {
        reading.check(new HashSet<>(tokens).size() == tokens.size(), key, "the same token is given twice");
    }

    private DatabaseConfig database(Path folder) {
        var database = reading.find(Keys.DATABASE_URL)
                .orElseGet(() -> DatabaseConfig.of("sqlite:" + folder.resolve("signalbox.db")))
                .withPoolSize(reading.get(Keys.DATABASE_POOL));
        var withUser = reading.find(Keys.DATABASE_USER).map(database::withUser).orElse(database);
        return reading.find(Keys.DATABASE_PASSWORD).map(withUser::withPassword).orElse(withUser);
    }

    private Delivery delivery() {
        var base = reading.get(Keys.RETRY_BASE);
        var max = reading.get(Keys.RETRY_MAX);
        reading.check(base.compareTo(max) <= 0, Keys.RETRY_BASE, "is longer than " + Keys.RETRY_MAX.path());
        return new Delivery(
                reading.get(Keys.DELIVERY_LEASE),
                reading.get(Keys.DELIVERY_POLL),
                reading.get(Keys.DELIVERY_ATTEMPTS),
                new Retry(base, reading.get(Keys.RETRY_FACTOR), max, reading.get(Keys.RETRY_JITTER)),
                reading.get(Keys.LIVE_CONCURRENCY),
                reading.get(Keys.LIVE_TIMEOUT));
    }

    /** Reads every key, so that each mistake is named even where others already prevent the sender. */
    private Optional<HttpSmsOptions> sms() {
        var url = reading.find(Keys.SMS_URL);
        var token = reading.find(Keys.SMS_TOKEN);
        var timeout = reading.get(Keys.SMS_TIMEOUT);
        var connect = reading.find(Keys.SMS_CONNECT_TIMEOUT).orElseGet(() -> usualConnectTimeout(timeout));
        int concurrency = reading.get(Keys.SMS_CONCURRENCY);
        var lifetime = reading.get(Keys.SMS_KEY_LIFETIME);
        int length = reading.get(Keys.SMS_MAX_LENGTH);
        var region = reading.find(Keys.SMS_REGION);
        var caFile = reading.find(Keys.SMS_CA);
        boolean insecure = reading.get(Keys.SMS_INSECURE);
        boolean consistent = checkSms(connect, timeout, insecure, caFile);
        return url.flatMap(u -> token.filter(t -> consistent)
                .map(t -> new HttpSmsOptions(
                        u, t, timeout, connect, concurrency, lifetime, length, region, caFile, insecure)));
    }

    private static Duration usualConnectTimeout(Duration timeout) {
        var usual = DurationText.parse(Keys.SMS_CONNECT_TIMEOUT.fallback().orElseThrow());
        return usual.compareTo(timeout) < 0 ? usual : timeout;
    }

    private boolean checkSms(Duration connect, Duration timeout, boolean insecure, Optional<Path> caFile) {
        reading.check(
                reading.isGiven(Keys.SMS_TOKEN) || !reading.isGiven(Keys.SMS_URL),
                Keys.SMS_TOKEN,
                "is required with " + Keys.SMS_URL.path());
        boolean inTime = connect.compareTo(timeout) <= 0;
        boolean used = !insecure || caFile.isEmpty();
        reading.check(inTime, Keys.SMS_CONNECT_TIMEOUT, "is longer than " + Keys.SMS_TIMEOUT.path());
        reading.check(used, Keys.SMS_CA, "is given, and delivery.sms.insecure would ignore it");
        caFile.ifPresent(file -> readable(Keys.SMS_CA, file));
        return inTime && used;
    }

    private Session session(Dialect dialect) {
        var usual = dialect == Dialect.POSTGRESQL ? SessionStoreKind.DATABASE : SessionStoreKind.MEMORY;
        var store = reading.find(Keys.SESSION_STORE).orElse(usual);
        reading.check(
                store != SessionStoreKind.DATABASE || dialect == Dialect.POSTGRESQL,
                Keys.SESSION_STORE,
                "is database, which has to be PostgreSQL then");
        var redis = required(Keys.SESSION_REDIS_URL, store == SessionStoreKind.REDIS);
        var mongodb = required(Keys.SESSION_MONGODB_URL, store == SessionStoreKind.MONGODB);
        return new Session(
                store,
                redis.or(() -> mongodb),
                reading.get(Keys.SESSION_MAX_EVENTS),
                reading.get(Keys.SESSION_MAX_AGE),
                Math.toIntExact(reading.get(Keys.SESSION_MAX_EVENT)),
                reading.get(Keys.SESSION_MAX_STREAMS),
                List.of(reading.get(Keys.SESSION_CLIENT_SESSIONS).strip().split("\\s+")));
    }

    /** A URL that the chosen store needs; that of another is checked and left alone. */
    private Optional<Secret> required(Key<String> url, boolean needed) {
        var given = reading.find(url).map(Secret::new);
        reading.check(!needed || reading.isGiven(url), url, "is required with this " + Keys.SESSION_STORE.path());
        return given.filter(secret -> needed);
    }

    private Log log() {
        return new Log(reading.get(Keys.LOG_FORMAT), reading.get(Keys.LOG_LEVEL));
    }

    private Duration shutdown() {
        return reading.get(Keys.SHUTDOWN_TIMEOUT);
    }
}
