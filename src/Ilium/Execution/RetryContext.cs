using System.Net;

namespace Ilium;

/// <summary>What a <see cref="RetryPolicy"/> may want to know about a request, apart from its latest failure.</summary>
/// <param name="Statement">What is run.</param>
/// <param name="Node">The node that failed.</param>
/// <param name="Consistency">The consistency the failed attempt was made with.</param>
/// <param name="IsIdempotent">Whether doing it twice is the same as once: as the caller said, else true for a SELECT.</param>
/// <param name="Retries">How often a policy has had this request sent again already: 0 at the first failure.</param>
public readonly record struct RetryContext(Statement Statement, EndPoint? Node, ConsistencyLevel Consistency, bool IsIdempotent, int Retries);
