package dev.signalbox.endpoint.netty;

import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import javax.net.ssl.SSLContext;

/** What the wire is made of: every test of it runs on each. */
enum Transport {
    NATIVE(true, false),
    NIO(false, false),
    NATIVE_TLS(true, true),
    NIO_TLS(false, true);

    private final boolean isNative;
    private final boolean tls;

    Transport(boolean isNative, boolean tls) {
        this.isNative = isNative;
        this.tls = tls;
    }

    boolean tls() {
        return tls;
    }

    WebSocketOptions apply(WebSocketOptions options) {
        return options.listening(this::apply);
    }

    ListenerOptions apply(ListenerOptions options) {
        return tls ? options.withTls(Certificate.FILES) : options;
    }

    /** One thread, so that all clients meet in it. */
    EventLoops loops() {
        return loops(1);
    }

    EventLoops loops(int threads) {
        return EventLoops.create(
                EventLoops.Options.defaults().withThreads(threads).withNativeTransport(isNative));
    }

    Socket open(int port) throws IOException {
        return open(InetAddress.getLoopbackAddress(), port);
    }

    /** From one of the loopback addresses, so that one machine can be several. */
    Socket open(InetAddress from, int port) throws IOException {
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), port, from, 0);
        return tls ? secure(plain) : plain;
    }

    static Socket secure(Socket plain) throws IOException {
        return Certificate.TRUST.getSocketFactory().createSocket(plain, "127.0.0.1", plain.getPort(), true);
    }

    /** Made when the first test needs it. */
    private static final class Certificate {
        static final ListenerOptions.Tls FILES;
        static final SSLContext TRUST;

        static {
            try {
                X509Bundle bundle = TestCertificate.forLoopback();
                FILES = TestCertificate.write(bundle, Files.createTempDirectory("signalbox-tls"));
                TRUST = TestCertificate.trusting(bundle);
            } catch (Exception e) {
                throw new IllegalStateException("no certificate for the test", e);
            }
        }
    }
}
