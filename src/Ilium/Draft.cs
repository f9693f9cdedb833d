#pragma warning disable
using System.Net;
using System.Net.Sockets;
using Ilium.Connection;
using Microsoft.Extensions.Logging;
namespace Ilium
{
    public readonly record struct ContactPoint(string Host, int? Port)
    {
        public static implicit operator ContactPoint(string text) { var i = text.LastIndexOf(':'); return i < 0 ? new(text, null) : new(text[..i], int.Parse(text[(i + 1)..])); }
        public static implicit operator ContactPoint(IPEndPoint p) => new(p.Address.ToString(), p.Port);
        internal EndPoint ToEndPoint() => IPAddress.TryParse(Host, out var a) ? new IPEndPoint(a, Port ?? 9042) : new DnsEndPoint(Host, Port ?? 9042);
        public override string ToString() => Port is null ? Host : $"{Host}:{Port}";
    }
    public enum Compression { None, Lz4, Snappy }
    public sealed record TlsOptions { public bool DangerousAcceptAnyServerCertificate { get; init; } public static TlsOptions FromPem(string a, string? b, string? c) => new(); }
    public sealed record ClusterOptions
    {
        public IReadOnlyList<ContactPoint> ContactPoints { get; init; } = [];
        public int Port { get; init; } = 9042;
        public string? LocalDatacenter { get; init; }
        public string? Keyspace { get; init; }
        public AuthProvider? AuthProvider { get; init; }
        public TlsOptions? Tls { get; init; }
        public Compression Compression { get; init; }
        public ProtocolVersion? ProtocolVersion { get; init; }
        public ProtocolVersion MaxProtocolVersion { get; init; } = Ilium.ProtocolVersion.V5;
        public ConsistencyLevel Consistency { get; init; } = ConsistencyLevel.LocalOne;
        public ConsistencyLevel? SerialConsistency { get; init; }
        public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);
        public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);
        public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(30);
        public TimeSpan HeartbeatTimeout { get; init; } = TimeSpan.FromSeconds(10);
        public int PageSize { get; init; } = 5000;
        public int PreparedCacheSize { get; init; } = 1000;
        public int MaxConnectionsPerNode { get; init; } = 8;
        public int MinConnectionsPerNode { get; init; } = 1;
        public int MaxRequestsPerConnection { get; init; } = 32768;
        public int MaxQueuedRequests { get; init; } = 10000;
        public TimeSpan ReconnectBaseDelay { get; init; } = TimeSpan.FromSeconds(1);
        public TimeSpan ReconnectMaxDelay { get; init; } = TimeSpan.FromSeconds(60);
        public string? ApplicationName { get; init; }
        public string? ApplicationVersion { get; init; }
        public Guid? ClientId { get; init; }
        public bool ThrowOnOverload { get; init; }
        public bool NoCompact { get; init; }
        public ILoggerFactory? LoggerFactory { get; init; }
        public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
        internal TransportFactory TransportFactory { get; init; } = new TransportConnector();
        internal void Validate() { }
    }
    public abstract class AuthProvider { public abstract Authenticator CreateAuthenticator(EndPoint endPoint, string serverAuthenticator); }
    public abstract class Authenticator { public abstract ValueTask<ReadOnlyMemory<byte>?> InitialResponseAsync(CancellationToken c); public abstract ValueTask<ReadOnlyMemory<byte>?> EvaluateChallengeAsync(ReadOnlyMemory<byte> challenge, CancellationToken c); public abstract ValueTask OnSuccessAsync(ReadOnlyMemory<byte> token, CancellationToken c); }
    public sealed class PlainTextAuthProvider(string u, string p) : AuthProvider { public override Authenticator CreateAuthenticator(EndPoint e, string s) => throw new NotImplementedException(); }
    internal static class ConnectionStringParser { internal static ClusterOptions Parse(string s) => throw new NotImplementedException(); }
    public enum ConnectionFailureReason { NameNotResolved, Refused, Unreachable, TimedOut, Handshake }
    public sealed class ConnectionFailedException : CassandraException { internal ConnectionFailedException(string e, ConnectionFailureReason r, string m, Exception? i = null) : base(m, i) { } }
    public sealed class InvalidOptionsException : CassandraException { internal InvalidOptionsException(IReadOnlyList<string> f) : base(string.Join(" ", f)) { Faults = f; } public IReadOnlyList<string> Faults { get; } }
    public sealed class NoNodeAvailableException : CassandraException { internal NoNodeAvailableException(IReadOnlyDictionary<string, Exception> e) : base(string.Join("; ", e.Select(x => x.Key + ": " + x.Value.Message)), e.Values.FirstOrDefault()) { Errors = e; } public IReadOnlyDictionary<string, Exception> Errors { get; } }
    public readonly record struct AttemptInfo(EndPoint? Node, TimeSpan Elapsed, string Outcome);
    public sealed class OperationTimedOutException : CassandraException { internal OperationTimedOutException(string m, TimeSpan t, IReadOnlyList<AttemptInfo> a, bool mayHaveBeenApplied) : base(m) { } }
    public sealed class RequestThrottledException : CassandraException { internal RequestThrottledException(int a, int b, int c) : base($"throttled {a} {b} {c}") { } }
    public sealed class PagingStateException : CassandraException { internal PagingStateException(string m, Exception? i = null) : base(m, i) { } }
    public sealed class TraceUnavailableException : CassandraException { internal TraceUnavailableException(string m) : base(m) { } }
    public sealed class UnsupportedProtocolVersionException : CassandraException { internal UnsupportedProtocolVersionException(IReadOnlyList<ProtocolVersion> v, string m) : base(m) { } }
}
namespace Ilium.Connection
{
    internal abstract class TransportFactory { internal abstract Transport Connect(ContactPoint target, ClusterOptions options, CancellationToken ct); }
    internal sealed class TransportConnector : TransportFactory
    {
        internal override Transport Connect(ContactPoint target, ClusterOptions options, CancellationToken ct)
        {
            var s = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            s.Connect(target.Host, target.Port ?? 9042);
            return new SocketTransport(s);
        }
    }
}
