using System.Globalization;
using System.Text;
using Ilium.Types;

namespace Ilium;

/// <summary>The rules of <see cref="ClusterOptions"/>, in one place, all tried: a user mends everything in one go.</summary>
internal sealed class ClusterOptionsValidator
{
    // Timers count milliseconds in 32 bits; a time beyond 24 days is a slip of units anyway.
    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(24);

    private const int MostConnectionsPerNode = 128;

    // Cassandra itself bounds keyspace names at 48 and ScyllaDB at 192; a server says so better than a driver that is out of date.
    private const int LongestKeyspaceName = 222;

    private readonly ClusterOptions _options;
    private readonly List<string> _faults = [];

    private ClusterOptionsValidator(ClusterOptions options)
    {
        _options = options;
    }

    internal static IReadOnlyList<string> Faults(ClusterOptions options)
    {
        var validator = new ClusterOptionsValidator(options);
        validator.CheckAddresses();
        validator.CheckNames();
        validator.CheckProtocol();
        validator.CheckTimes();
        validator.CheckCounts();
        validator.CheckPolicies();
        validator.CheckCodecs();
        validator.CheckSchema();
        validator.CheckTcp();
        validator.CheckTls();
        return validator._faults;
    }

    private void CheckAddresses()
    {
        if (_options.Astra is not null)
        {
            CheckAstra();
        }
        else if (_options.ContactPoints is null || _options.ContactPoints.Count == 0)
        {
            _faults.Add("ContactPoints is empty: give the name or the address of at least one node, such as \"127.0.0.1\".");
        }
        else if (_options.ContactPoints.Any(static point => point is null))
        {
            _faults.Add("ContactPoints holds a null: leave it out.");
        }

        CheckRange(nameof(ClusterOptions.Port), _options.Port, 1, ushort.MaxValue);
    }

    private void CheckAstra()
    {
        if (_options.ContactPoints is null or { Count: > 0 })
        {
            _faults.Add("ContactPoints is set beside Astra, whose bundle says where the database is: leave it out.");
        }

        if (_options.Tls is not null)
        {
            _faults.Add("Tls is set beside Astra, whose bundle has the certificates: leave it out.");
        }

        if (_options.AddressTranslator is not null)
        {
            _faults.Add("AddressTranslator is set beside Astra, whose nodes are all reached through one proxy: leave it out.");
        }
    }

    private void CheckCodecs()
    {
        if (_options.Codecs is null)
        {
            _faults.Add("Codecs is null: leave it empty.");
            return;
        }

        _faults.AddRange(_options.Codecs.Select(CustomCodecs.FaultOf).Append(CustomCodecs.CircleIn(_options.Codecs)).OfType<string>());
    }

    private void CheckPolicies()
    {
        if (_options.RetryPolicy is null)
        {
            _faults.Add("RetryPolicy is null: RetryPolicy.Fallthrough never tries again.");
        }

        if (_options.LoadBalancingPolicy is null)
        {
            _faults.Add("LoadBalancingPolicy is null: LoadBalancingPolicy.Default is the usual one.");
        }

        if (_options.SpeculativeExecutionPolicy is null)
        {
            _faults.Add("SpeculativeExecutionPolicy is null: SpeculativeExecutionPolicy.None never sends a request to a second node.");
        }

        if (_options.MaxConcurrentRequests < 1)
        {
            _faults.Add($"MaxConcurrentRequests is {_options.MaxConcurrentRequests}: it is 1 or more, or null for no bound.");
        }

        if (_options.MaxRequestsPerSecond < 1)
        {
            _faults.Add($"MaxRequestsPerSecond is {_options.MaxRequestsPerSecond}: it is 1 or more, or null for no bound.");
        }

        if (_options.Profiles is null)
        {
            _faults.Add("Profiles is null: leave it empty.");
            return;
        }

        foreach (var (name, profile) in _options.Profiles)
        {
            try
            {
                if (profile is null)
                {
                    _faults.Add($"Profiles holds null under '{name}': leave it out.");
                }
                else
                {
                    ExecutionOptions.Validate(profile);
                }
            }
            catch (ArgumentException e)
            {
                _faults.Add($"Profile '{name}': {e.Message}");
            }
        }
    }

    private void CheckNames()
    {
        CheckName(nameof(ClusterOptions.LocalDatacenter), _options.LocalDatacenter);
        CheckName(nameof(ClusterOptions.LocalRack), _options.LocalRack);
        CheckName(nameof(ClusterOptions.ApplicationName), _options.ApplicationName);
        CheckName(nameof(ClusterOptions.ApplicationVersion), _options.ApplicationVersion);
        if (_options.Keyspace is not { } keyspace)
        {
            return;
        }

        if (keyspace.StartsWith('"'))
        {
            _faults.Add($"Keyspace is {keyspace}: write it without quotes; it is taken exactly as it stands, capitals included.");
        }
        else if (keyspace.Length is 0 or > LongestKeyspaceName || !keyspace.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            _faults.Add($"Keyspace is '{keyspace}': a keyspace name has 1 to {LongestKeyspaceName} letters of a to z, digits and " +
                "underscores.");
        }
    }

    private void CheckProtocol()
    {
        CheckDefined(nameof(ClusterOptions.Compression), _options.Compression);
        CheckDefined(nameof(ClusterOptions.MaxProtocolVersion), _options.MaxProtocolVersion);
        CheckDefined(nameof(ClusterOptions.Consistency), _options.Consistency);
        if (_options.ProtocolVersion is { } version)
        {
            CheckDefined(nameof(ClusterOptions.ProtocolVersion), version);
            if (version > _options.MaxProtocolVersion)
            {
                _faults.Add($"ProtocolVersion is {version}, above MaxProtocolVersion, which is {_options.MaxProtocolVersion}: set one " +
                    "of the two only.");
            }

            if (version == ProtocolVersion.V5 && _options.Compression == Compression.Snappy)
            {
                _faults.Add("Compression is Snappy, which protocol version 5 does not have: use Lz4, or leave ProtocolVersion unset.");
            }
        }

        if (_options.SerialConsistency is { } serial and not (ConsistencyLevel.Serial or ConsistencyLevel.LocalSerial))
        {
            _faults.Add($"SerialConsistency is {serial}: it is Serial, LocalSerial or null.");
        }
    }

    private void CheckTimes()
    {
        if (_options.RequestTimeout != Timeout.InfiniteTimeSpan)
        {
            CheckTime(nameof(ClusterOptions.RequestTimeout), _options.RequestTimeout, "; Timeout.InfiniteTimeSpan never gives up");
        }

        CheckTime(nameof(ClusterOptions.ConnectTimeout), _options.ConnectTimeout);
        if (_options.HeartbeatInterval != TimeSpan.Zero)
        {
            CheckTime(nameof(ClusterOptions.HeartbeatInterval), _options.HeartbeatInterval, "; zero turns heartbeats off");
        }

        if (_options.StallInterval != TimeSpan.Zero)
        {
            CheckTime(nameof(ClusterOptions.StallInterval), _options.StallInterval, "; zero leaves stalled connections to the heartbeat");
        }

        CheckTime(nameof(ClusterOptions.HeartbeatTimeout), _options.HeartbeatTimeout);
        CheckTime(nameof(ClusterOptions.ReconnectBaseDelay), _options.ReconnectBaseDelay);
        CheckTime(nameof(ClusterOptions.ReconnectMaxDelay), _options.ReconnectMaxDelay);
        if (_options.MetadataRefreshPause != TimeSpan.Zero)
        {
            CheckTime(nameof(ClusterOptions.MetadataRefreshPause), _options.MetadataRefreshPause, "; zero pauses never");
        }

        if (_options.ReconnectBaseDelay > _options.ReconnectMaxDelay)
        {
            _faults.Add($"ReconnectBaseDelay is {_options.ReconnectBaseDelay:c}, above ReconnectMaxDelay, which is " +
                $"{_options.ReconnectMaxDelay:c}: the first wait is the shortest.");
        }

        if (_options.TimeProvider is null)
        {
            _faults.Add("TimeProvider is null: leave it out for the system's clock.");
        }
    }

    private void CheckCounts()
    {
        CheckRange(nameof(ClusterOptions.PageSize), _options.PageSize, 0, int.MaxValue);
        CheckRange(nameof(ClusterOptions.PreparedCacheSize), _options.PreparedCacheSize, 1, int.MaxValue);
        CheckRange(nameof(ClusterOptions.NodesPerRemoteDatacenter), _options.NodesPerRemoteDatacenter, 0, int.MaxValue);
        CheckRange(nameof(ClusterOptions.MaxConnectionsPerNode), _options.MaxConnectionsPerNode, 1, MostConnectionsPerNode);
        CheckRange(nameof(ClusterOptions.MinConnectionsPerNode), _options.MinConnectionsPerNode, 1, MostConnectionsPerNode);
        if (_options.MinConnectionsPerNode is > 0 and <= MostConnectionsPerNode && _options.MinConnectionsPerNode > _options.MaxConnectionsPerNode)
        {
            _faults.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"MinConnectionsPerNode is {_options.MinConnectionsPerNode}, above MaxConnectionsPerNode, which is {_options.MaxConnectionsPerNode}: raise the latter as well."));
        }

        CheckRange(
            nameof(ClusterOptions.MaxRequestsPerConnection), _options.MaxRequestsPerConnection, 1, ClusterOptions.StreamIdsPerConnection);
        CheckRange(nameof(ClusterOptions.MaxQueuedRequests), _options.MaxQueuedRequests, 0, int.MaxValue);
    }

    private void CheckSchema()
    {
        if (_options.Schema is not { } schema)
        {
            _faults.Add("Schema is null: leave it out for the defaults.");
            return;
        }

        CheckDefined("Schema.Loading", schema.Loading);
        CheckTime("Schema.AgreementInterval", schema.AgreementInterval);
        if (schema.AgreementTimeout != TimeSpan.Zero)
        {
            CheckTime("Schema.AgreementTimeout", schema.AgreementTimeout, "; zero does not wait");
        }

        if (schema.Keyspaces is null || schema.Keyspaces.Any(string.IsNullOrEmpty))
        {
            _faults.Add("Schema.Keyspaces is null or holds an empty name: leave it out to read all keyspaces.");
        }
    }

    private void CheckTcp()
    {
        if (_options.Tcp is not { } tcp)
        {
            _faults.Add("Tcp is null: leave it out for the defaults.");
            return;
        }

        CheckKeepAlive("Tcp.KeepAliveTime", tcp.KeepAliveTime);
        CheckKeepAlive("Tcp.KeepAliveInterval", tcp.KeepAliveInterval);
        CheckRange("Tcp.SendBufferSize", tcp.SendBufferSize ?? 1, 1, int.MaxValue);
        CheckRange("Tcp.ReceiveBufferSize", tcp.ReceiveBufferSize ?? 1, 1, int.MaxValue);
        CheckRange("Tcp.LingerSeconds", tcp.LingerSeconds ?? 0, 0, ushort.MaxValue);
    }

    private void CheckTls()
    {
        if (_options.Tls is not { } tls)
        {
            return;
        }

        CheckName("Tls.TargetHost", tls.TargetHost);
        if (tls.ClientCertificates is { Count: > 0 } certificates && !certificates.Any(static certificate => certificate.HasPrivateKey))
        {
            _faults.Add("Tls.ClientCertificates has no certificate with its private key: load it with TlsOptions.FromPem or from a " +
                "PKCS#12 file.");
        }
    }

    private void CheckKeepAlive(string name, TimeSpan? time)
    {
        // The kernel counts these in seconds, and 32767 is the most that Linux takes.
        if (time is { TotalSeconds: var seconds } value && (seconds is < 1 or > short.MaxValue || seconds != Math.Floor(seconds)))
        {
            _faults.Add($"{name} is {value:c}: it is a whole number of seconds from 1 to 32767.");
        }
    }

    private void CheckTime(string name, TimeSpan value, string also = "")
    {
        if (value <= TimeSpan.Zero || value > LongestTime)
        {
            _faults.Add($"{name} is {value:c}: it is above zero and at most 24 days{also}.");
        }
    }

    private void CheckRange(string name, int value, int least, int most)
    {
        if (value < least || value > most)
        {
            var bounds = most == int.MaxValue ? $"at least {least}" : $"{least} to {most}";
            _faults.Add(string.Create(CultureInfo.InvariantCulture, $"{name} is {value}: it is {bounds}."));
        }
    }

    private void CheckName(string name, string? value)
    {
        if (value is not null && string.IsNullOrWhiteSpace(value))
        {
            _faults.Add($"{name} is empty: give a name, or leave it out.");
        }
        else if (value is not null && Encoding.UTF8.GetByteCount(value) is > ushort.MaxValue and var length)
        {
            _faults.Add(string.Create(CultureInfo.InvariantCulture, $"{name} is {length:N0} bytes long; the protocol takes at most {ushort.MaxValue:N0}."));
        }
    }

    private void CheckDefined<T>(string name, T value)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            _faults.Add($"{name} is {value}, which is none of {string.Join(", ", Enum.GetNames<T>())}.");
        }
    }
}
