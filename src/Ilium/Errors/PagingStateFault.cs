namespace Ilium;

/// <summary>Why a paging state was refused.</summary>
public enum PagingStateFault
{
    /// <summary>The bytes are not a paging state of this driver, or were cut or changed.</summary>
    Corrupt = 0,

    /// <summary>It belongs to another statement, to other bound values, or to a session of another keyspace.</summary>
    OtherStatement,

    /// <summary>It was made under another version of the native protocol, whose servers write it differently.</summary>
    OtherProtocolVersion,
}
