using System.Net;

namespace Ilium.IntegrationTests.Faults;

/// <summary>One request of a <see cref="WriteLoad"/>.</summary>
/// <param name="Begun">When it was begun, in ticks of the system's clock.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Node">Who answered; null for one that failed.</param>
/// <param name="Attempts">Attempts before that answer.</param>
internal readonly record struct WriteSample(long Begun, TimeSpan Elapsed, EndPoint? Node, int Attempts);
