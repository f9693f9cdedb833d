using System.Reflection;

namespace Ilium.Connection;

/// <summary>How the driver names itself and the application to a server (STARTUP, native protocol §4.1.1).</summary>
internal sealed record DriverIdentity(Guid ClientId)
{
    internal const string Name = "Ilium";

    internal static string Version { get; } =
        typeof(DriverIdentity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
}
