package dev.signalbox.delivery.webhook;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/**
 * Where webhooks may go. People who create endpoints choose URLs freely, and would reach what only this host can reach:
 * databases, other services, a cloud's metadata. So a URL's host is looked up, every address that the look-up yields must be
 * in the public internet or in a range that the operator allows, and the sender connects to one of exactly those addresses.
 * Both happen when an endpoint is created and again before each attempt, since names can be changed in between. Thread-safe.
 */
public final class WebhookTargets {
    private static final int LONGEST_URL = 2_000;

    /** What resolvers take for an IPv4 address in one of its old forms: {@code 2130706433}, {@code 0x7f.1}. */
    private static final Pattern NUMERIC = Pattern.compile("(^|\\.)(\\d+|0[xX][0-9a-fA-F]*)$");

    private static final Pattern QUAD = Pattern.compile("(0|[1-9]\\d{0,2})(\\.(0|[1-9]\\d{0,2})){3}");
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final List<AddressRange> allowed;
    private final boolean plainHttp;
    private final HostResolver resolver;

    /**
     * Describes what may be reached.
     *
     * @param allowed ranges that may be reached although they are special
     * @param plainHttp whether {@code http} URLs are taken, too
     */
    public WebhookTargets(List<AddressRange> allowed, boolean plainHttp) {
        this(allowed, plainHttp, InetAddress::getAllByName);
    }

    WebhookTargets(List<AddressRange> allowed, boolean plainHttp, HostResolver resolver) {
        this.allowed = List.copyOf(allowed);
        this.plainHttp = plainHttp;
        this.resolver = resolver;
    }

    /**
     * Reads a URL, and refuses one that no look-up could make valid. Does not look it up.
     *
     * @throws IllegalArgumentException in words for the caller
     */
    public URI parse(String text) {
        refuse(text.length() > LONGEST_URL, "is longer than " + LONGEST_URL + " characters");
        URI url = uri(text);
        String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
        refuse(
                !scheme.equals("https") && !(plainHttp && scheme.equals("http")),
                plainHttp ? "must begin with https:// or http://" : "must begin with https://");
        refuse(url.getRawUserInfo() != null, "holds a user or password; webhooks are signed instead");
        refuse(url.getRawFragment() != null, "ends with a fragment (#…), which no server sees");
        refuse(url.getHost() == null || url.getHost().endsWith("."), "names no host as DNS or RFC 3986 write it");
        refuse(
                NUMERIC.matcher(url.getHost()).find()
                        && !QUAD.matcher(url.getHost()).matches(),
                "has a number for a host; write an address as four numbers with dots in between");
        refuse(url.getPort() == 0 || url.getPort() > 65_535, "has a port that is not 1 to 65535");
        return url;
    }

    private static URI uri(String text) {
        try {
            // A space or a line break, and all that is not ASCII, is refused here.
            refuse(!text.chars().allMatch(c -> c > ' ' && c < 127), "holds other characters than visible ASCII");
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("the URL is malformed: " + e.getReason(), e);
        }
    }

    private static void refuse(boolean wrong, String problem) {
        if (wrong) {
            throw new IllegalArgumentException("the URL " + problem);
        }
    }

    /**
     * Reads a URL and looks its host up.
     *
     * @throws IllegalArgumentException in words for the caller, also if the look-up fails
     */
    public URI check(String text) {
        URI url = parse(text);
        try {
            addresses(url, PATIENCE);
            return url;
        } catch (TargetException refused) {
            throw new IllegalArgumentException("the URL " + refused.getMessage(), refused);
        }
    }

    /**
     * The addresses that an attempt may connect to.
     *
     * @throws TargetException if there are none within {@code patience}, or one of them may not be reached
     */
    List<InetAddress> addresses(URI url, Duration patience) throws TargetException {
        String host = host(url);
        InetAddress[] found = lookUp(host, patience);
        for (InetAddress address : found) {
            Optional<String> special = SpecialRanges.of(address);
            if (special.isPresent() && allowed.stream().noneMatch(range -> range.contains(address))) {
                throw new TargetException("leads to " + address.getHostAddress() + " (" + special.get()
                        + "), which webhooks may not reach");
            }
        }
        return List.of(found);
    }

    /** Without the brackets of an IPv6 address. */
    static String host(URI url) {
        String host = url.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /** Looking up has no time limit of its own, so a thread is left behind that ends with the resolver's. */
    private InetAddress[] lookUp(String host, Duration patience) throws TargetException {
        var lookUp = new FutureTask<>(() -> resolver.resolve(host));
        Thread.ofVirtual().name("webhook-look-up").start(lookUp);
        try {
            InetAddress[] found = lookUp.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            if (found.length == 0) {
                throw new TargetException("has no address: " + host);
            }
            return Arrays.stream(found).map(WebhookTargets::unmapped).toArray(InetAddress[]::new);
        } catch (ExecutionException e) {
            throw new TargetException("has no address: " + host + " is not known to DNS");
        } catch (TimeoutException e) {
            throw new TargetException("has no address: looking up " + host + " took too long");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TargetException("has no address: looking up " + host + " was interrupted");
        }
    }

    /** A mapped address is an IPv4 address, and the kernel connects to that one. */
    private static InetAddress unmapped(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (!SpecialRanges.isMapped(bytes)) {
            return address;
        }
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, 12, 16));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }
}
