using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Ilium;

/// <summary>
/// Reads <c>Contact Points=node1,node2:9043;Local Datacenter=dc1;Username=app;Password="a;b"</c>. Keys ignore case and spaces; quoting is
/// that of every other .NET connection string. All faults are reported at once, and none shows a password.
/// </summary>
internal sealed class ConnectionStringParser
{
    private readonly Dictionary<string, (string Key, string Value)> _values = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _faults = [];
    private readonly List<string> _known = [];
    private bool _hasPassword;
    private bool _isAstraUnreadable;

    private ConnectionStringParser()
    {
    }

    /// <exception cref="InvalidOptionsException">With every fault there is.</exception>
    internal static ClusterOptions Parse(string connectionString)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        var parser = new ConnectionStringParser();
        parser.Split(connectionString);
        var options = parser.Build();
        parser.CheckKeys();

        // Where a value could not be read its default stands in, which has no fault of its own, so nothing is said twice.
        parser._faults.AddRange(ClusterOptionsValidator.Faults(options));
        return parser._faults.Count == 0 ? options : throw new InvalidOptionsException(parser._faults);
    }

    private void Split(string connectionString)
    {
        var builder = new DbConnectionStringBuilder();
        try
        {
            builder.ConnectionString = connectionString;
        }
        catch (ArgumentException)
        {
            // Its message would be safe today; a rewording of it need not be.
            throw new InvalidOptionsException([
                "The connection string is not a list of key=value pairs with semicolons between them; quote values that " +
                "hold ; = ' or \"."]);
        }

        foreach (string key in builder.Keys)
        {
            var name = key.Replace(" ", "", StringComparison.Ordinal);
            _hasPassword |= name.Equals("password", StringComparison.OrdinalIgnoreCase) || name.Equals("astratoken", StringComparison.OrdinalIgnoreCase);
            if (!_values.TryAdd(name, (key, (string)builder[key])))
            {
                _faults.Add($"'{key}' is given twice, with and without spaces: give it once.");
            }
        }
    }

    private ClusterOptions Build()
    {
        var defaults = new ClusterOptions();
        var astra = Astra();
        return new ClusterOptions
        {
            Astra = astra,
            ContactPoints = ContactPoints(),
            Port = Read("Port", defaults.Port, TryInteger, "a number"),
            Keyspace = Text("Keyspace", "Default Keyspace"),
            LocalDatacenter = Text("Local Datacenter"),
            LocalRack = Text("Local Rack"),
            AuthProvider = Login(),
            Tls = Tls(),
            Compression = Read("Compression", defaults.Compression, TryName, Names<Compression>()),
            SaidConsistency = Read<ConsistencyLevel?>("Consistency", null, TryNullableName, Names<ConsistencyLevel>()),
            SerialConsistency = Read<ConsistencyLevel?>("Serial Consistency", null, TryNullableName, "Serial or LocalSerial"),
            RequestTimeout = Read("Request Timeout", defaults.RequestTimeout, TryTime, Times),
            ConnectTimeout = Read("Connect Timeout", defaults.ConnectTimeout, TryTime, Times),
            HeartbeatInterval = Read("Heartbeat Interval", defaults.HeartbeatInterval, TryTime, Times),
            StallInterval = Read("Stall Interval", defaults.StallInterval, TryTime, Times),
            HeartbeatTimeout = Read("Heartbeat Timeout", defaults.HeartbeatTimeout, TryTime, Times),
            ReconnectBaseDelay = Read("Reconnect Base Delay", defaults.ReconnectBaseDelay, TryTime, Times),
            ReconnectMaxDelay = Read("Reconnect Max Delay", defaults.ReconnectMaxDelay, TryTime, Times),
            PageSize = Read("Page Size", defaults.PageSize, TryInteger, "a number"),
            PreparedCacheSize = Read("Prepared Cache Size", defaults.PreparedCacheSize, TryInteger, "a number"),
            ProtocolVersion = Read<ProtocolVersion?>("Protocol Version", null, TryVersion, "3, 4 or 5"),
            MaxProtocolVersion =
                Read<ProtocolVersion?>("Max Protocol Version", null, TryVersion, "3, 4 or 5") ?? defaults.MaxProtocolVersion,
            NodesPerRemoteDatacenter = Read("Nodes Per Remote Datacenter", defaults.NodesPerRemoteDatacenter, TryInteger, "a number"),
            MinConnectionsPerNode = Read("Min Connections Per Node", defaults.MinConnectionsPerNode, TryInteger, "a number"),
            MaxConnectionsPerNode = Read("Max Connections Per Node", defaults.MaxConnectionsPerNode, TryInteger, "a number"),
            MaxRequestsPerConnection = Read("Max Requests Per Connection", defaults.MaxRequestsPerConnection, TryInteger, "a number"),
            MaxQueuedRequests = Read("Max Queued Requests", defaults.MaxQueuedRequests, TryInteger, "a number"),
            ApplicationName = Text("Application Name"),
            ApplicationVersion = Text("Application Version"),
            ThrowOnOverload = Read("Throw On Overload", defaults.ThrowOnOverload, bool.TryParse, "true or false"),
            NoCompact = Read("No Compact", defaults.NoCompact, bool.TryParse, "true or false"),
        };
    }

    private const string Times = "a number of seconds, a number with ms, s, m or h behind it, or a time such as 00:00:10";

    private List<ContactPoint> ContactPoints()
    {
        var points = new List<ContactPoint>();
        var list = Text("Contact Points") ?? "";
        foreach (var item in list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (ContactPoint.TryParse(item, out var point, out var fault))
            {
                points.Add(point);
            }
            else
            {
                _faults.Add($"Contact Points: {fault}");
                points.Add(new ContactPoint("localhost"));
            }
        }

        if (_isAstraUnreadable && points.Count == 0)
        {
            points.Add(new ContactPoint("localhost"));
        }

        return points;
    }

    private AstraBundle? Astra()
    {
        if (Text("Astra Bundle") is not { } path)
        {
            return null;
        }

        try
        {
            return AstraBundle.Load(path);
        }
        catch (InvalidOptionsException e)
        {
            _faults.AddRange(e.Faults);
        }
        catch (ArgumentException)
        {
            _faults.Add("Astra Bundle is empty: give the path of the secure connect bundle.");
        }

        _isAstraUnreadable = true;
        return null;
    }

    private PlainTextAuthProvider? Login()
    {
        var username = Text("Username");
        var password = Text("Password");
        if (Text("Astra Token") is { } token)
        {
            if (username is not null || password is not null)
            {
                _faults.Add("Astra Token takes the place of Username and Password: give the token only, or both of the others.");
            }

            if (token.Length > 0)
            {
                return PlainTextAuthProvider.ForAstra(token);
            }

            _faults.Add("Astra Token is empty: give the token, which begins with AstraCS:.");
            return null;
        }

        if (username is null && password is null)
        {
            return null;
        }

        if (username is null || password is null)
        {
            _faults.Add(username is null
                ? "Password is given without Username: give both."
                : "Username is given without Password: give both.");
            return null;
        }

        return new PlainTextAuthProvider(username, password);
    }

    private TlsOptions? Tls()
    {
        var authority = Text("Tls CA File");
        var certificate = Text("Tls Certificate File");
        var key = Text("Tls Key File");
        var targetHost = Text("Tls Target Host");
        var given = authority is not null || certificate is not null || key is not null || targetHost is not null;
        if (!Read("Tls", given, bool.TryParse, "true or false"))
        {
            if (given)
            {
                _faults.Add("Tls is false, but other Tls keys are given: leave them out, or set Tls to true.");
            }

            return null;
        }

        try
        {
            var options = authority is null && certificate is null && key is null
                ? new TlsOptions()
                : TlsOptions.FromPem(authority, certificate, key);
            return options with { TargetHost = targetHost };
        }
        catch (InvalidOptionsException e)
        {
            _faults.AddRange(e.Faults);
            return null;
        }
    }

    private void CheckKeys()
    {
        foreach (var (name, (key, _)) in _values)
        {
            if (_known.Any(known => known.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                continue;
            }

            // "Password=ab;cd=ef": what looks like a key may be the rest of a password that should have been quoted.
            _faults.Add(_hasPassword
                ? "A key is not known. It is not shown, since it may belong to the password: quote a password that holds a semicolon."
                : $"'{key}' is not a known key. The keys are those of ClusterOptions, Username, Password, Astra Bundle, Astra Token, Tls, Tls CA File, Tls " +
                    "Certificate File, Tls Key File and Tls Target Host.");
        }
    }

    private delegate bool Reader<T>(string text, [MaybeNullWhen(false)] out T value);

    private T Read<T>(string name, T otherwise, Reader<T> read, string expected)
    {
        if (Text(name) is not { } text)
        {
            return otherwise;
        }

        if (read(text.Trim(), out var value))
        {
            return value;
        }

        _faults.Add(_hasPassword ? $"{name} cannot be read: it is {expected}." : $"{name} is '{text}': it is {expected}.");
        return otherwise;
    }

    private string? Text(string name, string? alias = null)
    {
        var first = Take(name);
        var second = alias is null ? null : Take(alias);
        if (first is not null && second is not null)
        {
            _faults.Add($"{name} and {alias} mean the same: give one of them.");
        }

        return first ?? second;
    }

    private string? Take(string name)
    {
        var plain = name.Replace(" ", "", StringComparison.Ordinal);
        _known.Add(plain);
        return _values.TryGetValue(plain, out var found) ? found.Value : null;
    }

    private static string Names<T>()
        where T : struct, Enum => $"one of {string.Join(", ", Enum.GetNames<T>())}";

    private static bool TryInteger(string text, out int value) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    private static bool TryName<T>(string text, out T value)
        where T : struct, Enum
    {
        // LOCAL_QUORUM as CQL writes it, LocalQuorum as C# does. Numbers, which Enum.TryParse takes too, are a slip.
        var name = text.Replace("_", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        value = default;
        return name.Length > 0 && char.IsAsciiLetter(name[0]) && Enum.TryParse(name, ignoreCase: true, out value) && Enum.IsDefined(value);
    }

    private static bool TryNullableName(string text, out ConsistencyLevel? value)
    {
        value = TryName<ConsistencyLevel>(text, out var name) ? name : null;
        return value is not null;
    }

    private static bool TryVersion(string text, out ProtocolVersion? value)
    {
        var digits = text is ['v' or 'V', .. var number] ? number : text;
        value = digits switch
        {
            "3" => ProtocolVersion.V3,
            "4" => ProtocolVersion.V4,
            "5" => ProtocolVersion.V5,
            _ => null,
        };
        return value is not null;
    }

    private static bool TryTime(string text, out TimeSpan value)
    {
        if (text.Contains(':', StringComparison.Ordinal))
        {
            return TimeSpan.TryParseExact(text, ["c", "g"], CultureInfo.InvariantCulture, out value);
        }

        var digits = text.TrimEnd([.. "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ "]);
        double? milliseconds = text[digits.Length..].Trim().ToUpperInvariant() switch
        {
            "MS" => 1,
            "" or "S" => 1000,
            "M" or "MIN" => 60_000,
            "H" => 3_600_000,
            _ => null,
        };
        value = default;
        if (milliseconds is null
            || !double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || number * milliseconds > TimeSpan.FromDays(365).TotalMilliseconds)
        {
            return false;
        }

        value = TimeSpan.FromMilliseconds(number * milliseconds.Value);
        return true;
    }
}
