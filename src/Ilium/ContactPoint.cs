using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Ilium;

/// <summary>
/// A first address to try: a host name, an IP address or the path of a Unix socket, with a port where it differs from
/// <see cref="ClusterOptions.Port"/>. Immutable.
/// </summary>
/// <remarks>
/// Names stay names: they are resolved again for each new connection, and TLS verifies the server's certificate against the name as
/// given here. The other nodes are found through whichever contact point answers first.
/// </remarks>
public sealed record ContactPoint
{
    private const string UnixPrefix = "unix:";

    /// <summary>A host without its port, or the path of a Unix socket.</summary>
    /// <param name="host">A name, an IP address without brackets, or <c>unix:/path</c>.</param>
    /// <param name="port">1 to 65535; null for <see cref="ClusterOptions.Port"/>.</param>
    /// <exception cref="ArgumentException">The host is empty or holds what no host name may hold.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The port is outside 1 to 65535.</exception>
    public ContactPoint(string host, int? port = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        if (FaultOf(host) is { } fault)
        {
            throw new ArgumentException(fault, nameof(host));
        }

        if (port is < 1 or > IPEndPoint.MaxPort)
        {
            throw new ArgumentOutOfRangeException(nameof(port), port, "A port is a number from 1 to 65535.");
        }

        Host = host;
        Port = port;
    }

    /// <summary>The name, address or <c>unix:/path</c> as given.</summary>
    public string Host { get; }

    /// <summary>The port, or null for <see cref="ClusterOptions.Port"/>. Without meaning for a Unix socket.</summary>
    public int? Port { get; }

    /// <summary>Reads <c>host</c>, <c>host:port</c>, <c>::1</c>, <c>[::1]:9042</c> or <c>unix:/path</c>.</summary>
    /// <param name="text">The text; white space around it is ignored.</param>
    /// <exception cref="FormatException">The text is none of these.</exception>
    public static ContactPoint Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var contactPoint, out var fault) ? contactPoint : throw new FormatException(fault);
    }

    /// <summary>Reads what <see cref="Parse"/> reads, and returns false where that throws.</summary>
    /// <param name="text">The text, or null.</param>
    /// <param name="contactPoint">The contact point, or null when false is returned.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out ContactPoint? contactPoint) =>
        TryParse(text, out contactPoint, out _);

    /// <summary>A contact point from text, as <see cref="Parse"/> reads it.</summary>
    /// <param name="text">The text.</param>
    [SuppressMessage("Usage", "CA2225", Justification = "Parse is the method with this meaning.")]
    public static implicit operator ContactPoint(string text) => Parse(text);

    /// <summary>A contact point from an address and its port.</summary>
    /// <param name="endPoint">Address and port; port 0 means <see cref="ClusterOptions.Port"/>.</param>
    [SuppressMessage("Usage", "CA2225", Justification = "The constructor is the method with this meaning.")]
    public static implicit operator ContactPoint(IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return new ContactPoint(endPoint.Address.ToString(), endPoint.Port == 0 ? null : endPoint.Port);
    }

    /// <summary>A contact point from an address; its port is <see cref="ClusterOptions.Port"/>.</summary>
    /// <param name="address">The address.</param>
    [SuppressMessage("Usage", "CA2225", Justification = "The constructor is the method with this meaning.")]
    public static implicit operator ContactPoint(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return new ContactPoint(address.ToString());
    }

    /// <summary>The text that <see cref="Parse"/> reads back to an equal contact point.</summary>
    public override string ToString()
    {
        if (Port is not { } port)
        {
            return Host;
        }

        return Host.Contains(':', StringComparison.Ordinal) && !IsUnix(Host)
            ? string.Create(CultureInfo.InvariantCulture, $"[{Host}]:{port}")
            : string.Create(CultureInfo.InvariantCulture, $"{Host}:{port}");
    }

    internal static bool TryParse(
        [NotNullWhen(true)] string? text,
        [NotNullWhen(true)] out ContactPoint? contactPoint,
        [NotNullWhen(false)] out string? fault)
    {
        contactPoint = null;
        if (!TrySplit(text?.Trim() ?? "", out var host, out var port, out fault))
        {
            return false;
        }

        fault = FaultOf(host);
        if (fault is not null)
        {
            return false;
        }

        contactPoint = new ContactPoint(host, port);
        return true;
    }

    /// <summary>What to connect to. Two contact points that differ only in the case of the name give equal end points.</summary>
    internal EndPoint ToEndPoint(int defaultPort)
    {
        if (IsUnix(Host))
        {
            return new UnixDomainSocketEndPoint(Host[UnixPrefix.Length..]);
        }

        return IPAddress.TryParse(Host, out var address)
            ? new IPEndPoint(address, Port ?? defaultPort)
            : new DnsEndPoint(Host.ToLowerInvariant(), Port ?? defaultPort);
    }

    private static bool TrySplit(string text, out string host, out int? port, [NotNullWhen(false)] out string? fault)
    {
        host = text;
        port = null;
        fault = null;
        if (IsUnix(text))
        {
            return true;
        }

        var portText = "";
        if (text.StartsWith('['))
        {
            var end = text.IndexOf(']', StringComparison.Ordinal);
            if (end < 0 || !IPAddress.TryParse(text[1..end], out _) || (end + 1 < text.Length && text[end + 1] != ':'))
            {
                fault = $"'{text}' is not a contact point: brackets hold an IPv6 address, as in [::1]:9042.";
                return false;
            }

            host = text[1..end];
            portText = text[(end + 1)..];
        }
        else if (text.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon && colon == text.LastIndexOf(':'))
        {
            host = text[..colon];
            portText = text[colon..];
        }

        if (portText.Length == 0)
        {
            return true;
        }

        if (!ushort.TryParse(portText.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
        {
            fault = $"'{text}' is not a contact point: after the colon comes a port from 1 to 65535.";
            return false;
        }

        port = number;
        return true;
    }

    private static string? FaultOf(string host)
    {
        if (IsUnix(host))
        {
            return host.Length > UnixPrefix.Length ? null : $"'{host}' is not a contact point: a path follows unix:.";
        }

        if (string.IsNullOrWhiteSpace(host))
        {
            return "A contact point is empty: give a host name or an IP address.";
        }

        // Underscores are in no host name by the book but in many by use (Docker services).
        var named = host.All(static c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_');
        return named || IPAddress.TryParse(host, out _)
            ? null
            : $"'{host}' is not a contact point: give a host name or an IP address, as in node1.example, 10.0.0.1:9042 or [::1]:9042.";
    }

    private static bool IsUnix(string text) => text.StartsWith(UnixPrefix, StringComparison.Ordinal);
}
