namespace Ilium.Tests;

/// <summary>The repository these tests were built in.</summary>
internal static class RepositoryFolder
{
    internal static string Path { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(folder.FullName, "Ilium.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests don't lie below the repository.");
        }

        return folder.FullName;
    }
}
