using System.Net;
using System.Net.Sockets;

namespace Ilium.TestKit;

/// <summary>A subnet of loopback that no other process of this machine uses for a ring, for as long as this lives: a locked file says so.</summary>
internal sealed class SubnetClaim : IDisposable
{
    private readonly FileStream _file;

    private SubnetClaim(int subnet, FileStream file)
    {
        Subnet = subnet;
        _file = file;
    }

    public int Subnet { get; }

    public static SubnetClaim Take(int preferred)
    {
        for (var subnet = preferred; subnet <= Subnets.Largest; subnet += Subnets.Stride)
        {
            FileStream file;
            try
            {
                file = new FileStream(Path.Combine(Path.GetTempPath(), $"ilium-subnet-{subnet}.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                continue;
            }

            // A ring that a killed test run left behind holds no lock but still answers.
            if (IsFree(subnet))
            {
                return new SubnetClaim(subnet, file);
            }

            file.Dispose();
        }

        throw new InvalidOperationException($"Subnets {preferred}, {preferred + Subnets.Stride} ... are all in use by other rings.");
    }

    public void Dispose() => _file.Dispose();

    private static bool IsFree(int subnet)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(new IPEndPoint(new IPAddress([127, 0, (byte)subnet, 1]), 9042));
            return false;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return true;
        }
    }
}
