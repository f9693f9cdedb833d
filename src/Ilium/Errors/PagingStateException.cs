namespace Ilium;

/// <summary>
/// A paging state was refused before it was sent, because a server could answer it with wrong rows. Start that query again from its
/// first page.
/// </summary>
public sealed class PagingStateException : CassandraException
{
    internal PagingStateException(PagingStateFault fault, string detail, Exception? innerException = null)
        : base($"{Describe(fault)} {detail} Start the query again from its first page.", innerException)
    {
        Fault = fault;
    }

    /// <summary>What is wrong with it.</summary>
    public PagingStateFault Fault { get; }

    private static string Describe(PagingStateFault fault) => fault switch
    {
        PagingStateFault.OtherStatement => "The paging state belongs to another statement, to other values or to another keyspace.",
        PagingStateFault.OtherProtocolVersion => "The paging state was made under another protocol version.",
        _ => "The paging state is damaged.",
    };
}
