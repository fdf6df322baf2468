package dev.signalbox.mail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A certificate that signs itself, made by the JDK's keytool.
 *
 * @param context with which a server shows it
 * @param pem the file by which a client trusts it
 */
record Certificates(SSLContext context, Path pem) {
    private static final String PASSWORD = "changeit";

    /** @param names such as {@code ip:127.0.0.1} or {@code dns:localhost} */
    static Certificates forNames(Path folder, String name, String names) throws Exception {
        return make(folder, name, names, "-validity", "2");
    }

    static Certificates expired(Path folder, String names) throws Exception {
        return make(folder, "expired", names, "-startdate", "-10d", "-validity", "2");
    }

    private static Certificates make(Path folder, String name, String names, String... when) throws Exception {
        var store = folder.resolve(name + ".p12");
        var arguments = new ArrayList<String>(
                List.of("-genkeypair", "-alias", "server", "-keyalg", "EC", "-dname", "CN=" + name));
        arguments.addAll(
                List.of("-ext", "SAN=" + names, "-ext", "bc:c", "-storetype", "PKCS12", "-keystore", store.toString()));
        arguments.addAll(List.of(when));
        keytool(arguments);
        var pem = folder.resolve(name + ".pem");
        keytool(List.of(
                "-exportcert", "-rfc", "-alias", "server", "-keystore", store.toString(), "-file", pem.toString()));
        return new Certificates(context(store), pem);
    }

    private static SSLContext context(Path store) throws Exception {
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray()), PASSWORD.toCharArray());
        var context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private static void keytool(List<String> arguments) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(arguments);
        command.addAll(List.of("-storepass", PASSWORD));
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }
}
