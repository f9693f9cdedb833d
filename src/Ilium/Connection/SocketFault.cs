using System.Net.Sockets;

namespace Ilium.Connection;

/// <summary>What the errors of a connecting socket mean to somebody who runs a cluster.</summary>
internal static class SocketFault
{
    internal static (ConnectionFailureReason Reason, string What) Explain(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => (
            ConnectionFailureReason.Refused,
            "nothing listens there; check the port (native_transport_port), the address the server binds (rpc_address) and that it has " +
            "started"),
        SocketError.TimedOut => (
            ConnectionFailureReason.TimedOut,
            "it did not answer; a firewall that drops packets looks like this, and so does a machine that is off"),
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.NetworkDown
            or SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported => (
            ConnectionFailureReason.Unreachable,
            "there is no way to that address from this machine"),
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown or SocketError.NotConnected
            or SocketError.Disconnecting => (
            ConnectionFailureReason.Closed,
            "the other side closed the connection"),
        _ => (ConnectionFailureReason.Network, "the network failed"),
    };
}
