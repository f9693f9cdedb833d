namespace Ilium.Protocol;

/// <summary>The [int] that begins the body of RESULT (native protocol §4.2.5).</summary>
internal enum ResultKind
{
    Void = 1,
    Rows = 2,
    SetKeyspace = 3,
    Prepared = 4,
    SchemaChange = 5,
}
