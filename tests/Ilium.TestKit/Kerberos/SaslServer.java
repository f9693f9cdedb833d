import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.security.PrivilegedExceptionAction;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginContext;
import javax.security.sasl.AuthorizeCallback;
import javax.security.sasl.Sasl;

/**
 * The server's side of SASL GSSAPI as Java has it, which servers in Java use. Reads lines of a login's number and a token in Base64; answers with "challenge TOKEN",
 * "success AUTHENTICATED AUTHORIZED" or "failure MESSAGE". Arguments: principal, keytab, host, quality of protection.
 */
public final class SaslServer {
    public static void main(String[] arguments) throws Exception {
        Map<String, Object> options = new HashMap<>();
        options.put("useKeyTab", "true");
        options.put("storeKey", "true");
        options.put("isInitiator", "false");
        options.put("principal", arguments[0]);
        options.put("keyTab", arguments[1]);
        LoginContext login = new LoginContext("server", new Subject(), null, new Configuration() {
            @Override
            public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
                return new AppConfigurationEntry[] {
                    new AppConfigurationEntry("com.sun.security.auth.module.Krb5LoginModule", AppConfigurationEntry.LoginModuleControlFlag.REQUIRED, options)
                };
            }
        });
        login.login();
        Subject.doAs(login.getSubject(), (PrivilegedExceptionAction<Void>) () -> {
            serve(arguments[0].split("/")[0], arguments[2], arguments[3]);
            return null;
        });
    }

    private static void serve(String service, String host, String protection) throws Exception {
        String[] names = new String[2];
        CallbackHandler authorize = callbacks -> {
            for (Callback callback : callbacks) {
                if (callback instanceof AuthorizeCallback) {
                    AuthorizeCallback asked = (AuthorizeCallback) callback;
                    names[0] = asked.getAuthenticationID();
                    names[1] = asked.getAuthorizationID();
                    asked.setAuthorized(true);
                }
            }
        };
        Map<String, javax.security.sasl.SaslServer> logins = new HashMap<>();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        System.out.println("ready");
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] parts = line.split(" ", 2);
            try {
                if (!logins.containsKey(parts[0])) {
                    logins.put(parts[0], Sasl.createSaslServer("GSSAPI", service, host, Map.of(Sasl.QOP, protection), authorize));
                }
                javax.security.sasl.SaslServer server = logins.get(parts[0]);
                byte[] answer = server.evaluateResponse(Base64.getDecoder().decode(parts[1]));
                System.out.println(server.isComplete() ? "success " + names[0] + " " + names[1] : "challenge " + Base64.getEncoder().encodeToString(answer == null ? new byte[0] : answer));
            } catch (Exception e) {
                System.out.println("failure " + e);
            }
        }
    }
}
