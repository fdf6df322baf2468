package dev.signalbox.mail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A certificate that signs itself, made by the JDK's keytool. RSA: GnuTLS does not read the JDK's EC keys.
 *
 * @param context with which a server shows it
 * @param pem the file by which a client trusts it
 * @param store with the key, too
 */
record Certificates(SSLContext context, Path pem, Path store) {
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
                List.of("-genkeypair", "-alias", "server", "-keyalg", "RSA", "-dname", "CN=" + name));
        arguments.addAll(
                List.of("-ext", "SAN=" + names, "-ext", "bc:c", "-storetype", "PKCS12", "-keystore", store.toString()));
        arguments.addAll(List.of(when));
        keytool(arguments);
        var pem = folder.resolve(name + ".pem");
        keytool(List.of(
                "-exportcert", "-rfc", "-alias", "server", "-keystore", store.toString(), "-file", pem.toString()));
        return new Certificates(context(store), pem, store);
    }

    /** Writes {@code server-chain.pem} and {@code server-key.pem}, as servers read them that know no key store. */
    void writeForServers(Path folder) throws Exception {
        var key = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray()).getKey("server", PASSWORD.toCharArray());
        String base64 = Base64.getMimeEncoder().encodeToString(key.getEncoded());
        Files.writeString(
                folder.resolve("server-key.pem"),
                "-----BEGIN PRIVATE KEY-----\n" + base64 + "\n-----END PRIVATE KEY-----\n");
        Files.copy(pem, folder.resolve("server-chain.pem"));
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
