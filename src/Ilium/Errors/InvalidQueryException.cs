namespace Ilium;

/// <summary>The statement is CQL but can't be carried out: a name does not exist, a type does not fit, a clause is not allowed.</summary>
public sealed class InvalidQueryException : ServerException
{
    internal InvalidQueryException(string message)
        : base(0x2200, message)
    {
    }
}
